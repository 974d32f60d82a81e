// Every word on a page, in the reader's language.
//
// An element shows either a text of the page (`data-text`) or a sentence of the program
// (`data-said`, in English); both are replaced when the language changes. `texts/LANGUAGE.json`
// next to the page has `texts` by name, and in `said` the translations of the program's sentences,
// in which `{1}` stands for a part that varies.

const LANGUAGES = { en: "English", "zh-CN": "中文" };

const KEPT = "language";
let texts = {};
let said = [];

export async function loadTexts(language) {
  const answer = await fetch(`page/texts/${language}.json`);
  const loaded = await answer.json();
  texts = loaded.texts;
  said = Object.entries(loaded.said ?? {}).map(([english, own]) => [pattern(english), own]);
  document.documentElement.lang = language;
  document.title = text("title");
  refresh();
}

export function preferredLanguage() {
  const kept = localStorage.getItem(KEPT);
  if (kept in LANGUAGES) return kept;
  const first = navigator.languages.find((name) => /^(zh|en)\b/.test(name)) ?? "en";
  return first.startsWith("zh") ? "zh-CN" : "en";
}

// Puts a button for each language into `place`.
export function offerLanguages(place) {
  for (const [language, name] of Object.entries(LANGUAGES)) {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = language;
    button.textContent = name;
    button.addEventListener("click", async () => {
      localStorage.setItem(KEPT, language);
      await loadTexts(language);
      markChosen(place);
    });
    place.append(button);
  }
  markChosen(place);
}

function markChosen(place) {
  for (const button of place.children) {
    button.setAttribute("aria-pressed", String(button.lang === document.documentElement.lang));
  }
}

export function text(name, values = {}) {
  return (texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// Shows a text of the page; `values` replace the names in it.
export function put(element, name, values = {}) {
  delete element.dataset.said;
  if (element.dataset.text === name && element.dataset.values === JSON.stringify(values)) return;
  element.dataset.text = name;
  element.dataset.values = JSON.stringify(values);
  say(element);
}

// Shows a sentence of the program.
export function quote(element, english) {
  delete element.dataset.text;
  element.dataset.said = english;
  say(element);
}

export function clear(element) {
  delete element.dataset.text;
  delete element.dataset.said;
  element.textContent = "";
}

// Names an element for screen readers.
export function label(element, name, values = {}) {
  element.dataset.textLabel = name;
  element.dataset.labelValues = JSON.stringify(values);
  element.setAttribute("aria-label", text(name, values));
}

// Shows everything below `root` in the current language; needed after copying a template.
export function refresh(root = document) {
  root.querySelectorAll("[data-text], [data-said]").forEach(say);
  for (const element of root.querySelectorAll("[data-text-label]")) {
    label(element, element.dataset.textLabel, JSON.parse(element.dataset.labelValues ?? "{}"));
  }
}

function say(element) {
  if (element.dataset.said === undefined) {
    const values = JSON.parse(element.dataset.values ?? "{}");
    element.textContent = text(element.dataset.text, values);
    return;
  }
  const english = element.dataset.said;
  const own = translated(english);
  element.replaceChildren(...withLinks(own ?? english));
  // Without a translation, a screen reader must read the sentence as English.
  if (own === undefined && !document.documentElement.lang.startsWith("en")) element.lang = "en";
  else element.removeAttribute("lang");
}

function translated(english) {
  for (const [known, own] of said) {
    const match = known.exec(english);
    if (match) {
      return own.replace(/\{(\d)\}/g, (_, index) => translated(match[index]) ?? match[index]);
    }
  }
  return undefined;
}

function pattern(english) {
  const escaped = english.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\\\{\d\\\}/g, "(.+)")}$`, "s");
}

function withLinks(sentence) {
  return sentence.split(/(https:\/\/[^\s,;)]+[^\s,;).:])/).map((piece) => {
    if (!piece.startsWith("https://")) return piece;
    const link = document.createElement("a");
    link.href = piece;
    link.textContent = piece.replace("https://", "");
    link.target = "_blank";
    link.rel = "noreferrer";
    return link;
  });
}

// Every word on a page, in the language of whoever reads it.
//
// An element says either a text of the page (`data-text`) or a sentence of the program
// (`data-said`, English); both are put again when the language changes. `texts/LANGUAGE.json` next
// to the page holds `texts` by name, and in `said` the program's sentences: `{1}` stands for
// whatever is in its place, and may move in the translation.

export const LANGUAGES = { en: "English", "zh-CN": "中文" };

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

// Says a text of the page; `values` are put where the text names them.
export function put(element, name, values = {}) {
  delete element.dataset.said;
  if (element.dataset.text === name && element.dataset.values === JSON.stringify(values)) return;
  element.dataset.text = name;
  element.dataset.values = JSON.stringify(values);
  say(element);
}

// Says a sentence of the program.
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

// Says everything below `root` in the language of now; needed after a template was copied.
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
  // A screen reader is to read a sentence that nobody translated as what it is.
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

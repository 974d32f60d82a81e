// The tabs: an element with `data-tab` is shown while one of the tabs that it names is chosen.

const tabs = [...document.querySelectorAll("[role=tab]")];
const panel = document.getElementById("panel");

export function openTabs() {
  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", moved);
  }
  // A reload shows the same tab.
  const name = location.hash.slice(1);
  choose(tabs.find((tab) => tab.dataset.opens === name) ?? tabs[0]);
}

export function openTab(name) {
  const tab = tabs.find(({ dataset }) => dataset.opens === name);
  if (tab.ariaSelected !== "true") choose(tab);
}

function choose(chosen) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
  }
  panel.setAttribute("aria-labelledby", chosen.id);
  const name = chosen.dataset.opens;
  panel.dataset.open = name;
  history.replaceState(null, "", chosen === tabs[0] ? location.pathname : `#${name}`);
  document.querySelectorAll("[data-tab]").forEach((element) => {
    element.hidden = !element.dataset.tab.split(" ").includes(name);
  });
  // The Enter key in a field of several tabs submits the form of the chosen one.
  panel.querySelectorAll("[form]").forEach((field) => field.setAttribute("form", name));
  chosen.dispatchEvent(new Event("open", { bubbles: true }));
}

function moved(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const ends = { Home: tabs[0], End: tabs.at(-1) }[event.key];
  const next = ends ?? (step && tabs.at((tabs.indexOf(event.target) + step) % tabs.length));
  if (!next) return;
  event.preventDefault();
  choose(next);
  next.focus();
}

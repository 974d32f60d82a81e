// The tabs: what names a tab in `data-tab` is shown while that tab is chosen.

const tabs = [...document.querySelectorAll("[role=tab]")];
const panel = document.getElementById("try");

export function openTabs() {
  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", moved);
  }
  choose(tabs[0]);
}

function choose(chosen) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
  }
  panel.setAttribute("aria-labelledby", chosen.id);
  const name = chosen.dataset.opens;
  document.querySelectorAll("[data-tab]").forEach((element) => {
    element.hidden = !element.dataset.tab.split(" ").includes(name);
  });
  // The Enter key in a field of several tabs submits the form of the chosen one.
  panel.querySelectorAll("[form]").forEach((field) => field.setAttribute("form", name));
  chosen.dispatchEvent(new Event("open"));
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

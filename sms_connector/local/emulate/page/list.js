// The rows by day, newest first, and which of them has the focus.

import { arrange } from "./elements.js";
import { dayKey, dayOf } from "./formats.js";
import { rowElement, updateRow } from "./row.js";
import { element } from "./shared/elements.js";

const place = document.getElementById("days");
const rows = new Map(); // elements by id
const days = new Map(); // sections by day
let current; // the id of the row that Tab leads to

export function showRows(listed) {
  const byDay = new Map();
  const wanted = new Set();
  for (const row of listed) {
    const id = String(row.id);
    wanted.add(id);
    const known = rows.get(id);
    if (known) updateRow(known, row);
    else rows.set(id, rowElement(row));
    const key = dayKey(row.at);
    if (!byDay.has(key)) byDay.set(key, { at: row.at, items: [] });
    byDay.get(key).items.push(rows.get(id));
  }
  for (const id of rows.keys()) if (!wanted.has(id)) rows.delete(id);
  for (const key of days.keys()) if (!byDay.has(key)) days.delete(key);
  for (const [key, { at, items }] of byDay) {
    if (!days.has(key)) days.set(key, daySection());
    const section = days.get(key);
    const name = dayOf(at);
    if (section.firstElementChild.textContent !== name) section.firstElementChild.textContent = name;
    arrange(section.lastElementChild, items);
  }
  arrange(place, [...byDay.keys()].map((key) => days.get(key)));
  if (!rows.has(current)) setCurrent(place.querySelector(".open")?.hash.slice(1));
}

export function markOpened(id) {
  place.querySelector("[aria-current]")?.removeAttribute("aria-current");
  rows.get(id)?.firstElementChild.setAttribute("aria-current", "true");
  if (rows.has(id)) setCurrent(id);
}

// Moves the focus to the row after (1) or before (-1) the focused one, and returns its id.
export function moveFocus(step) {
  const links = [...place.querySelectorAll(".open")];
  const at = links.findIndex((link) => link.hash === `#${current}`);
  const from = place.contains(document.activeElement) || step === 0 || links[at]?.hasAttribute("aria-current");
  const next = links[Math.min(links.length - 1, Math.max(0, from ? at + step : at))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next?.hash.slice(1);
}

export function neighbourOf(id, step) {
  const links = [...place.querySelectorAll(".open")];
  const at = links.findIndex((link) => link.hash === `#${id}`);
  return at < 0 ? undefined : links[at + step]?.hash.slice(1);
}

export function currentCode() {
  return rows.get(current)?.querySelector(".copy");
}

place.addEventListener("focusin", ({ target }) => {
  setCurrent(target.closest(".row")?.firstElementChild.hash.slice(1));
});

function setCurrent(id) {
  for (const [name, tabIndex] of [[current, -1], [id, 0]]) {
    for (const control of rows.get(name)?.children ?? []) control.tabIndex = tabIndex;
  }
  current = id;
}

function daySection() {
  const section = element("section", "day");
  section.append(element("h2"), element("ol"));
  return section;
}

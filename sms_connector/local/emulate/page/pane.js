// The pane beside the list. The hash of the address names what it shows: the id of an entry, or
// `magic-numbers`. On a narrow screen it takes the place of the list.

import { Gone, details, markRead } from "./api.js";
import { detailElements } from "./detail.js";
import { markOpened, moveFocus, neighbourOf } from "./list.js";
import { magicNumberElements } from "./magic_numbers.js";

const MAGIC_NUMBERS = "magic-numbers";
const FOCUSABLE = "button, pre, summary";

const pane = document.getElementById("pane");
const place = document.getElementById("detail");
let shown = ""; // the JSON of what is shown

export function openedId() {
  const name = location.hash.slice(1);
  return /^\d+$/.test(name) ? name : undefined;
}

// Opens an entry without adding to the browser's history.
export function openPane(id) {
  history.replaceState(null, "", `#${id}`);
  showPane();
}

// Closes the pane. Returns whether it was open.
export function closePane() {
  if (pane.hidden) return false;
  history.replaceState(null, "", location.pathname);
  showPane();
  moveFocus(0);
  return true;
}

export async function showPane({ anew = false } = {}) {
  const name = location.hash.slice(1);
  const id = openedId();
  if (anew) shown = "";
  markOpened(id);
  for (const [button, step] of [["newer", -1], ["older", 1]]) {
    document.getElementById(button).hidden = !id || !neighbourOf(id, step);
  }
  try {
    if (id) await showEntry(id);
    else if (name === MAGIC_NUMBERS) await showMagicNumbers();
    else hide();
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  }
}

async function showMagicNumbers() {
  if (shown !== MAGIC_NUMBERS) show(MAGIC_NUMBERS, await magicNumberElements());
}

async function showEntry(id) {
  const found = await details(id);
  if (openedId() !== id) return;
  if (!found) {
    closePane();
    return;
  }
  if (!found.row.read) markRead(id).catch(() => {});
  // The pane does not show whether an entry is read: marking it must not redraw it.
  const json = JSON.stringify({ ...found, row: { ...found.row, read: true } });
  if (json !== shown) show(json, detailElements(found));
}

function show(what, elements) {
  const wasHidden = pane.hidden;
  const other = shown.slice(0, 40) !== what.slice(0, 40);
  shown = what;
  pane.hidden = false;
  document.body.classList.add("opened");
  const focused = [...place.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  place.replaceChildren(...elements);
  if (other) pane.scrollTop = 0;
  else place.querySelectorAll(FOCUSABLE)[focused]?.focus();
  if (wasHidden && getComputedStyle(document.getElementById("list")).display === "none") {
    pane.focus();
    scrollTo(0, 0);
  }
}

function hide() {
  pane.hidden = true;
  shown = "";
  document.body.classList.remove("opened");
  place.replaceChildren();
}

export function watchAddress() {
  addEventListener("hashchange", () => showPane());
  document.getElementById("close").addEventListener("click", closePane);
  for (const [button, step] of [["newer", -1], ["older", 1]]) {
    document.getElementById(button).addEventListener("click", () => {
      const next = neighbourOf(openedId(), step);
      if (next) openPane(next);
    });
  }
}

// The keys of the page: move through the rows, close the pane, go to the search.

import { currentCode, moveFocus, neighbourOf } from "./list.js";
import { closePane, openedId, openPane } from "./pane.js";

const search = document.getElementById("search");
const days = document.getElementById("days");
const pane = document.getElementById("pane");

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (pressed(event)) event.preventDefault();
  });
}

// Returns whether the key did something.
function pressed({ key, target }) {
  if (key === "Escape") return escaped(target);
  if (target === search) {
    if (key === "ArrowDown") return Boolean(moveFocus(0));
    return false;
  }
  if (key === "/") {
    search.focus();
    return true;
  }
  if (key === "c" && !getSelection().toString()) {
    currentCode()?.click();
    return true;
  }
  const step = STEPS[key];
  if (!step) return false;
  // In the pane, arrows scroll.
  if (key.startsWith("Arrow") && target !== document.body && !days.contains(target)) return false;
  return move(step, target);
}

function move(step, target) {
  const opened = openedId();
  if (!opened) return Boolean(moveFocus(step));
  const next = neighbourOf(opened, step);
  if (!next) return true;
  // On a narrow screen the list is hidden, and the focus stays in the pane.
  const inPane = pane.contains(target);
  openPane(next);
  if (!inPane) moveFocus(0);
  return true;
}

function escaped(target) {
  if (target === search && search.value) {
    search.value = "";
    search.dispatchEvent(new Event("input"));
    return true;
  }
  return closePane();
}

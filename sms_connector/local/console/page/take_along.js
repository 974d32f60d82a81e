// The JSON and the lines to copy, as the settings of now make them.

import { put } from "./shared/texts.js";

const SAID_FOR = 2000; // milliseconds

export function openTakeAlong() {
  document.querySelectorAll("[data-copies]").forEach((button) => {
    button.addEventListener("click", () => copy(button));
  });
}

export function showTakeAlong({ json, environment, shell }) {
  for (const [id, words] of Object.entries({ json, environment, shell })) {
    const place = document.getElementById(id);
    if (place.textContent !== words) place.textContent = words;
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent);
    put(button, "copied");
  } catch {
    // Not allowed here: then it is at least selected, for the keyboard to copy.
    getSelection().selectAllChildren(source);
    put(button, "selected");
  }
  setTimeout(() => put(button, "copy"), SAID_FOR);
}

// Buttons that copy a text of the page.

import { put } from "./shared/texts.js";

const CONFIRMED_FOR = 2000; // milliseconds

// Each button with `data-copies` copies the element that it names.
export function openCopying() {
  document.querySelectorAll("[data-copies]").forEach((button) => {
    const source = document.getElementById(button.dataset.copies);
    button.addEventListener("click", () => copy(button, source));
  });
}

export async function copy(button, source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    put(button, "copied");
  } catch {
    // Without permission to copy, select it for the keyboard to copy.
    getSelection().selectAllChildren(source);
    put(button, "selected");
  }
  setTimeout(() => put(button, "copy"), CONFIRMED_FOR);
}

// Shows the JSON and the lines to copy, made from the form.
export function showExport({ json, environment, shell }) {
  for (const [id, words] of Object.entries({ json, environment, shell })) {
    const place = document.getElementById(id);
    if (place.textContent !== words) place.textContent = words;
  }
}

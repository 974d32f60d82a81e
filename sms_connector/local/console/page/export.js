// The JSON and the lines to copy, made from the form.

import { put } from "./shared/texts.js";

const CONFIRMED_FOR = 2000; // milliseconds

export function openExport() {
  document.querySelectorAll("[data-copies]").forEach((button) => {
    button.addEventListener("click", () => copy(button));
  });
}

export function showExport({ json, environment, shell }) {
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
    // Without permission to copy, select it for the keyboard to copy.
    getSelection().selectAllChildren(source);
    put(button, "selected");
  }
  setTimeout(() => put(button, "copy"), CONFIRMED_FOR);
}

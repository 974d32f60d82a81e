// Checks the settings with the provider, or with the emulator.

import { postForLines } from "./api.js";
import { onChange, readForm } from "./form.js";
import { addNote, clearNotes } from "./notes.js";
import { forgetTexts, learnText } from "./preview.js";
import { put } from "./shared/texts.js";
import { showError, showState } from "./state.js";
import { openTab } from "./tabs.js";
import { isValid } from "./validation.js";

const button = document.getElementById("check");
let checking = false;
let turn = 0;

// `name` is the text of the button.
export function openChecking(name) {
  put(button, name);
  button.addEventListener("click", check);
  onChange(() => {
    turn += 1;
    clearNotes("check");
  });
}

async function check() {
  if (checking) return;
  checking = true;
  button.setAttribute("aria-disabled", "true");
  try {
    if (await isValid()) await showChecks();
  } catch (error) {
    showError(error);
  } finally {
    checking = false;
    button.removeAttribute("aria-disabled");
  }
}

async function showChecks() {
  const mine = (turn += 1);
  openTab("settings");
  clearNotes("check");
  forgetTexts();
  showState("", "checking");
  let failed = 0;
  let warned = 0;
  for await (const found of postForLines("check", readForm())) {
    // The settings have changed since: these results are obsolete.
    if (mine !== turn) return;
    addNote(found, "check");
    learnText(found);
    if (!found.ok) failed += 1;
    else if (found.remedy) warned += 1;
  }
  if (failed) showState("bad mark", failed === 1 ? "oneCheckFailed" : "checksFailed", { count: failed });
  else if (warned) showState("good mark", warned === 1 ? "oneWarning" : "warnings", { count: warned });
  else showState("good mark", "checksPassed");
}

// Validates the form while it is filled in. A field is reported when it was left, not before.

import { post } from "./api.js";
import { onChange, readForm } from "./form.js";
import { addNote, clearNotes, placeOf } from "./notes.js";
import { showError, showState } from "./state.js";
import { openTab } from "./tabs.js";

const PAUSE = 250; // milliseconds after the last key

const form = document.getElementById("settings");
const left = new Set(); // fields that had the focus and lost it
let everything = false; // report also the fields that had no focus yet
let editing = null;
let latest = 0;
let waiting;
let whenValidated = () => {};
let readMessage = () => ({});

// `fromFile` is whether the form was filled in from a file; `message` returns the test message to
// validate with the form; `validated` gets the response.
export function openValidation({ fromFile, message, validated }) {
  everything = fromFile;
  readMessage = message;
  whenValidated = validated;
  onChange(({ target }) => {
    if (isValidField(target)) editing = target;
    soon();
  });
  form.addEventListener("focusout", ({ target }) => {
    if (!target.matches("input")) return;
    editing = null;
    left.add(target);
    soon();
  });
}

export async function validate() {
  const asked = ++latest;
  const answer = await post("validate", { form: readForm(), ...readMessage() });
  // The form may have changed since this request.
  if (asked === latest) {
    showProblems(answer.problems);
    whenValidated(answer);
  }
  return answer.problems;
}

// Returns whether the form is valid. If not, shows all problems and moves the focus to the first.
export async function isValid() {
  everything = true;
  editing = null;
  const problems = await validate();
  if (!problems.length) return true;
  showState("bad mark", problems.length === 1 ? "oneProblem" : "problems", {
    count: problems.length,
  });
  openTab("settings");
  problems.map(({ subject }) => placeOf(subject).inputs[0]).find(Boolean)?.focus();
  return false;
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => validate().catch(showError), PAUSE);
}

function showProblems(problems) {
  clearNotes("problem");
  for (const problem of problems) {
    const { inputs } = placeOf(problem.subject);
    const seen = everything || inputs.some((input) => left.has(input));
    if (seen && !inputs.includes(editing)) addNote(problem, "problem");
  }
}

function isValidField(field) {
  return field.matches("input") && field.getAttribute("aria-invalid") !== "true";
}

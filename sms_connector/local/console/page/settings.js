// The form on the left: fill in, validate while typing, check, save.

import { Gone, Refused, get, post, postForLines } from "./api.js";
import { addNote, clearNotes, placeOf } from "./notes.js";
import { addRow, fillRows, prepareRows, readRows, rowAt, typed } from "./rows.js";
import { openService } from "./service.js";
import { put, quote } from "./shared/texts.js";

const PAUSE = 250; // milliseconds after the last key before the form is validated

const form = document.getElementById("settings");
const state = document.getElementById("state");
const field = (id) => document.getElementById(id);

let secretKept = false;
let touched = new Set();
let everything = false; // show the problems of untouched fields too
let latest = 0;
let waiting;
let checking = false;
let whenValidated = () => {};
let readMessage = () => ({});

// Fills in the form. `message` returns the test message to validate with it; `validated` gets the
// validator's response.
export async function openSettings({ message, validated }) {
  readMessage = message;
  whenValidated = validated;
  const settings = await get("settings");
  prepareRows(settings.usageTypes, settings.requiredUsageTypes);
  fill(settings.form);
  openService();
  keepSecret(settings.secretKept);
  everything = settings.file.exists && settings.file.readable;
  form.addEventListener("input", changed);
  form.addEventListener("focusout", left);
  form.addEventListener("submit", save);
  form.addEventListener("click", clicked);
  field("check").addEventListener("click", check);
  return settings;
}

export function readForm() {
  return {
    accessKeyId: typed(field("access-key-id")),
    accessKeySecret: typed(field("access-key-secret")),
    signName: typed(field("sign-name")),
    templates: readRows(),
    strict: field("strict").checked,
    endpoint: typed(field("endpoint")),
  };
}

// Names the button that checks the settings.
export function labelCheck(name) {
  put(field("check"), name);
}

// Validates the form, shows the problems, and returns them.
export async function validate() {
  const asked = ++latest;
  const answer = await post("validate", { form: readForm(), ...readMessage() });
  // The form has changed since this request.
  if (asked !== latest) return answer.problems;
  showProblems(answer.problems);
  whenValidated(answer);
  return answer.problems;
}

// Shows all problems and moves the focus to the first. Returns whether there are none.
export async function isValid() {
  everything = true;
  const problems = await validate();
  if (!problems.length) return true;
  state.className = "state bad mark";
  put(state, problems.length === 1 ? "oneProblem" : "problems", { count: problems.length });
  const first = problems.map(({ subject }) => placeOf(subject).inputs[0]).find(Boolean);
  first?.focus();
  return false;
}

function fill(values) {
  field("access-key-id").value = values.accessKeyId;
  field("sign-name").value = values.signName;
  field("strict").checked = values.strict;
  field("endpoint").value = values.endpoint;
  fillRows(values.templates);
}

function keepSecret(kept) {
  secretKept = kept;
  field("access-key-secret").value = "";
  field("access-key-secret").placeholder = kept ? "••••••••••••" : "";
  put(field("access-key-secret-hint"), kept ? "secretKept" : "secretHint");
}

function changed(event) {
  touched.add(event.target);
  clearNotes("check");
  state.className = "state";
  put(state, "unsaved");
  clearTimeout(waiting);
  waiting = setTimeout(() => validate().catch(showError), PAUSE);
}

function left(event) {
  if (!event.target.matches("input") || everything) return;
  touched.add(event.target);
  clearTimeout(waiting);
  waiting = setTimeout(() => validate().catch(showError), PAUSE);
}

function showProblems(problems) {
  clearNotes("problem");
  for (const problem of problems) {
    const { inputs } = placeOf(problem.subject);
    if (everything || inputs.some((input) => touched.has(input))) addNote(problem, "problem");
  }
}

function clicked(event) {
  if (event.target.matches("#add-row")) {
    addRow().querySelector("input").focus();
  } else if (event.target.matches(".remove")) {
    event.target.closest(".row-and-notes").remove();
    field("add-row").focus();
  } else {
    return;
  }
  changed(event);
}

async function save(event) {
  event.preventDefault();
  try {
    if (!(await isValid())) return;
    await post("save", readForm());
    keepSecret(secretKept || Boolean(field("access-key-secret").value));
    state.className = "state good mark";
    put(state, "saved");
  } catch (error) {
    showError(error);
  }
}

async function check() {
  if (checking) return;
  try {
    if (!(await isValid())) return;
    checking = true;
    field("check").setAttribute("aria-disabled", "true");
    clearNotes("check");
    state.className = "state";
    put(state, "checking");
    let failed = 0;
    for await (const found of postForLines("check", readForm())) {
      addNote(found, "check");
      failed += found.ok ? 0 : 1;
    }
    state.className = `state mark ${failed ? "bad" : "good"}`;
    if (failed) put(state, failed === 1 ? "oneCheckFailed" : "checksFailed", { count: failed });
    else put(state, "checksPassed");
  } catch (error) {
    showError(error);
  } finally {
    checking = false;
    field("check").removeAttribute("aria-disabled");
  }
}

function showError(error) {
  state.className = "state bad mark";
  if (error instanceof Refused) quote(state, error.message);
  else if (error instanceof Gone) put(state, "gone");
  else throw error;
}

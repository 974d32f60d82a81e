// The notes beside each field: problems of the validator, and results of the checks, which a mark
// unfolds.

import { countryField } from "./countries.js";
import { said, worded } from "./shared/elements.js";
import { label } from "./shared/texts.js";

const other = document.getElementById("other");
const SEVERITY = ["good", "wait", "bad"];
const NAMES = { good: "checkGood", wait: "checkWarning", bad: "checkBad" };

// Shows one check (`subject`, `ok`, `message`, `remedy`) beside its field.
export function addNote(check, kind) {
  const { notes, inputs, status } = placeOf(check.subject);
  const note = document.createElement("li");
  const outcome = !check.ok ? "bad" : check.remedy ? "wait" : "good";
  note.className = outcome;
  note.dataset.kind = kind;
  note.append(sign(outcome), said("span", "message", check.message));
  // The same advice for four empty fields is shown once.
  if (check.remedy && !alreadyShown(check.remedy, kind)) {
    note.append(said("span", "remedy", check.remedy));
  }
  notes.append(note);
  if (kind === "check") mark(status, notes, outcome);
  else inputs.forEach(markInvalid);
  other.hidden = !other.querySelector("li");
}

export function clearNotes(kind) {
  document.querySelectorAll(`.notes [data-kind="${kind}"]`).forEach((note) => note.remove());
  if (kind === "check") {
    document.querySelectorAll(".status").forEach((place) => place.replaceChildren());
  } else {
    const marked = document.querySelectorAll("#settings [aria-invalid]");
    marked.forEach((input) => input.removeAttribute("aria-invalid"));
  }
  other.hidden = !other.querySelector("li");
}

// The fields that a path into the connector JSON names, the list for their notes, and the place
// for a mark.
export function placeOf(subject) {
  const row = rowAt(subject);
  const named = fieldOf(subject) ?? fieldOf(subject.replace(/\.[^.]+$/, ""));
  const field = row ?? named ?? other;
  return {
    notes: field.querySelector(":scope > .notes"),
    status: field.querySelector(".status"),
    inputs: row ? inputsOfRow(row, subject) : [...field.querySelectorAll(":scope > input")],
  };
}

function fieldOf(subject) {
  return document.querySelector(`#settings [data-subject="${CSS.escape(subject)}"]`);
}

// The row that a path such as `templates[1].templateCode` or `testNumbers[0].code` names.
function rowAt(path) {
  const [, list, index] = /^(templates|testNumbers)\[(\d+)\]/.exec(path) ?? [];
  const rows = { templates: "rows", testNumbers: "numbers" }[list];
  return rows && document.getElementById(rows).children[Number(index)];
}

const INPUTS = [
  [/^testNumbers.*\.code$/, ".test-code"],
  [/^testNumbers.*\.until$/, ".until"],
  [/^testNumbers/, ".test-phone"],
  [/\.usageType$/, ".usage-type"],
  [/\.templateCode\.overseas$/, ".overseas-code"],
  [/\.backup\.signName$/, ".backup-sign"],
  [/\.backup\b/, ".backup-code"],
  [/\.signName\.overseas$/, ".row-sign-overseas"],
  [/\.signName/, ".row-sign"],
  [/./, ".template-code"],
];

function inputsOfRow(row, subject) {
  const [, key, country] = /\.(templateCode|signName)\.([^.]+)$/.exec(subject) ?? [];
  const ofCountry = country && countryField(row, key, country);
  const [, selector] = INPUTS.find(([path]) => path.test(subject));
  return [ofCountry ?? row.querySelector(selector)].filter(Boolean);
}

// A field in a part of a row that is closed would not be found: the part is opened.
function markInvalid(input) {
  input.setAttribute("aria-invalid", "true");
  const opened = input.closest("details");
  if (opened) opened.open = true;
}

// A mark has the worst outcome. The details of a failed check are open from the start.
function mark(status, notes, outcome) {
  const button = status.firstElementChild ?? status.appendChild(newMark(notes));
  const worst = Math.max(SEVERITY.indexOf(button.dataset.outcome), SEVERITY.indexOf(outcome));
  const shown = SEVERITY[worst];
  button.dataset.outcome = shown;
  button.className = `mark plain ${shown}`;
  label(button, NAMES[shown]);
  if (shown === "bad") fold(button, notes, false);
}

function newMark(notes) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-controls", notes.id);
  button.addEventListener("click", () => fold(button, notes, !notes.classList.contains("folded")));
  fold(button, notes, true);
  return button;
}

function fold(button, notes, folded) {
  notes.classList.toggle("folded", folded);
  button.setAttribute("aria-expanded", String(!folded));
}

function alreadyShown(remedy, kind) {
  const shown = document.querySelectorAll(`.notes [data-kind="${kind}"] .remedy`);
  return [...shown].some((words) => words.dataset.said === remedy);
}

// For screen readers, which read neither the colour nor the sign of a note.
function sign(outcome) {
  return worded("span", "visually-hidden", { good: "fine", wait: "warning", bad: "wrong" }[outcome]);
}

// The notes beside each field: problems of the validator, and results of the checks, which a mark
// unfolds.

import { rowAt } from "./rows.js";
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
  else inputs.forEach((input) => input.setAttribute("aria-invalid", "true"));
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
  const named = document.querySelector(`#settings [data-subject="${CSS.escape(subject)}"]`);
  const field = row ?? named ?? other;
  return {
    notes: field.querySelector(":scope > .notes"),
    status: field.querySelector(".status"),
    inputs: row ? inputsOfRow(row, subject) : [...field.querySelectorAll(":scope > input")],
  };
}

function inputsOfRow(row, subject) {
  const name = /\.(usageType|overseas)$/.exec(subject)?.[1];
  const selector = { usageType: ".usage-type", overseas: ".overseas-code" }[name];
  return [row.querySelector(selector ?? ".template-code")].filter(Boolean);
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

// The notes beside each field: problems the validator found, and results of the checks.

import { put, quote } from "./shared/texts.js";
import { rowAt } from "./rows.js";

const other = document.getElementById("other-notes");

// Shows one check (`subject`, `ok`, `message`, `remedy`) beside its field.
export function addNote(check, kind) {
  const { notes, inputs } = placeOf(check.subject);
  const note = document.createElement("li");
  const outcome = !check.ok ? "bad" : check.remedy ? "warning" : "good";
  note.className = outcome;
  note.dataset.kind = kind;
  note.dataset.subject = check.subject;
  note.append(sign(outcome), sentence("message", check.message));
  // The same advice for four empty fields is shown once.
  if (check.remedy && !alreadyShown(check.remedy, kind)) note.append(sentence("remedy", check.remedy));
  notes.append(note);
  if (!check.ok && kind === "problem") {
    inputs.forEach((input) => input.setAttribute("aria-invalid", "true"));
  }
}

export function clearNotes(kind) {
  document.querySelectorAll(`.notes [data-kind="${kind}"]`).forEach((note) => note.remove());
  if (kind === "problem") {
    const marked = document.querySelectorAll("#settings [aria-invalid]");
    marked.forEach((input) => input.removeAttribute("aria-invalid"));
  }
}

// The fields that a path into the connector JSON names, and the list for their notes.
export function placeOf(subject) {
  const row = rowAt(subject);
  if (row) return { notes: row.querySelector(".notes"), inputs: inputsOfRow(row, subject) };
  const field = document.querySelector(`[data-subject="${CSS.escape(subject)}"]`);
  if (!field) return { notes: other, inputs: [] };
  const inputs = field.matches("fieldset") ? [] : [...field.querySelectorAll("input")];
  return { notes: field.querySelector(":scope > .notes"), inputs };
}

function inputsOfRow(row, subject) {
  const [usageType, code, overseas] = row.querySelectorAll("input");
  if (subject.endsWith(".usageType")) return [usageType];
  if (subject.endsWith(".overseas")) return [overseas];
  return [code];
}

function alreadyShown(remedy, kind) {
  const shown = document.querySelectorAll(`.notes [data-kind="${kind}"] .remedy`);
  return [...shown].some((words) => words.dataset.said === remedy);
}

// A screen reader reads neither colour nor sign.
function sign(outcome) {
  const words = document.createElement("span");
  words.className = "visually-hidden";
  put(words, { good: "fine", warning: "warning", bad: "wrong" }[outcome]);
  return words;
}

function sentence(className, english) {
  const words = document.createElement("span");
  words.className = className;
  quote(words, english);
  return words;
}

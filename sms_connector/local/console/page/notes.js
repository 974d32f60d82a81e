// What is said beside each field: what the validator finds, and what the provider answered.

import { put, quote } from "./shared/texts.js";
import { rowAt } from "./rows.js";

const other = document.getElementById("other-notes");

// Puts one check (`subject`, `ok`, `message`, `remedy`) beside the field it is about.
export function addNote(check, kind) {
  const { notes, inputs } = placeOf(check.subject);
  const note = document.createElement("li");
  note.className = check.ok ? "good" : "bad";
  note.dataset.kind = kind;
  note.dataset.subject = check.subject;
  note.append(sign(check.ok), sentence("message", check.message));
  // Four empty fields need the same advice once.
  if (check.remedy && !alreadySaid(check.remedy, kind)) note.append(sentence("remedy", check.remedy));
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

// The fields a path into the connector JSON is about, and where to say something about them.
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

function alreadySaid(remedy, kind) {
  const said = document.querySelectorAll(`.notes [data-kind="${kind}"] .remedy`);
  return [...said].some((words) => words.dataset.said === remedy);
}

// Colour and sign alone would say nothing to a screen reader.
function sign(ok) {
  const words = document.createElement("span");
  words.className = "visually-hidden";
  put(words, ok ? "fine" : "wrong");
  return words;
}

function sentence(className, english) {
  const words = document.createElement("span");
  words.className = className;
  quote(words, english);
  return words;
}

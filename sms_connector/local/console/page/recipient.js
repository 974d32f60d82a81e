// The fields of the test message: its number and usage type.

import { post } from "./api.js";
import { readForm } from "./form.js";
import { element } from "./shared/elements.js";
import { put, quote, text } from "./shared/texts.js";
import { isValid } from "./validation.js";

const phone = document.getElementById("phone");
const usage = document.getElementById("usage");
const notes = document.getElementById("phone-notes");
let editing = false; // an invalid number is reported when its field is left

export function openRecipient(changed) {
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, 250);
  };
  phone.addEventListener("input", () => {
    editing = phone.getAttribute("aria-invalid") !== "true";
    soon();
  });
  phone.addEventListener("change", () => {
    editing = false;
    soon();
  });
  usage.addEventListener("change", soon);
}

export function readMessage() {
  return { phone: phone.value.trim(), usageType: usage.value };
}

// Returns whether a number was entered. If not, reports it and moves the focus to the field.
export function hasPhone() {
  editing = false;
  if (phone.value.trim()) return true;
  showPhoneNote({ ok: false, message: "Enter a phone number." });
  phone.focus();
  return false;
}

// Offers the usage types that the settings have templates for.
export function offerUsageTypes(rows) {
  const names = [...new Set(rows.map((row) => row.usageType).filter(Boolean))];
  const chosen = usage.value;
  if (names.join() === [...usage.options].map((option) => option.value).join()) return;
  usage.replaceChildren(...names.map((name) => new Option(name, name)));
  usage.value = [chosen, "SignIn", names[0]].find((name) => names.includes(name)) ?? "";
}

// Shows how the number is read, and which template it gets.
export function showPhoneNote(note) {
  notes.replaceChildren();
  phone.removeAttribute("aria-invalid");
  if (!note || (!note.ok && editing)) return;
  const item = element("li", note.ok ? "good" : "bad");
  const words = element("span");
  item.append(words);
  notes.append(item);
  if (!note.ok) {
    phone.setAttribute("aria-invalid", "true");
    quote(words, note.message);
  } else {
    const name = note.mainland ? "mainland" : "abroad";
    put(words, note.templateCode ? `${name}Template` : name, { code: note.templateCode });
  }
}

// Shows beside Send whether a message is real.
export function showDestination(real, ownEmulator) {
  for (const badge of document.querySelectorAll(".destination")) {
    badge.classList.toggle("bad", real);
    badge.classList.toggle("good", !real);
    put(badge, real ? "real" : "emulated");
  }
  const hint = document.getElementById("destination-hint");
  if (real) put(hint, "toProvider");
  else put(hint, ownEmulator ? "toOwnEmulator" : "toEmulator");
}

// Sends to `path` with the settings of the form, and asks first if that costs money. Returns the
// response, or the name of the text that says why nothing was sent.
export async function sendTo(path, message) {
  if (!(await isValid())) return "invalidForm";
  const request = { form: readForm(), ...message };
  const answer = await post(path, request);
  if (!answer.confirm) return answer;
  if (!confirm(text("confirmSend", answer.confirm))) return "notSent";
  return post(path, { ...request, confirmed: true });
}

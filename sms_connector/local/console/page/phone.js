// A phone with one message, as its owner would see it.

import { copy } from "./copying.js";
import { onChange } from "./form.js";
import { messageText, worded } from "./shared/elements.js";
import { spacedMainland } from "./shared/phones.js";
import { refresh } from "./shared/texts.js";

const template = document.getElementById("phone-screen");
const screen = document.getElementById("screen");
const messages = document.getElementById("screen-messages");

// Shows the emulator's phone, with no message yet.
export function openPhone() {
  screen.hidden = false;
  clearPhone();
  onChange(clearPhone);
}

export function clearPhone() {
  delete messages.dataset.latest;
  messages.replaceChildren(worded("p", "empty", "screenEmpty"));
}

// Shows a message that arrived; a screen reader announces it once.
export function showMessage({ phone, signName, content, code, receivedAt }) {
  if (messages.dataset.latest === receivedAt) return;
  messages.dataset.latest = receivedAt;
  const time = new Date(receivedAt).toTimeString().slice(0, 5);
  const number = spacedMainland(phone) ?? `+${phone}`;
  const caption = worded("p", "caption", "received", { phone: number, time });
  const shown = phoneWith(signName, [bubble(content), caption]);
  const digits = shown.querySelector(".shown-code");
  digits.textContent = code;
  shown.querySelector(".large").hidden = false;
  const button = shown.querySelector(".copy-code");
  button.addEventListener("click", () => copy(button, digits));
  messages.replaceChildren(shown);
}

// Returns a phone with the sign on top, and `content` below.
export function phoneWith(sign, content) {
  const phone = template.content.cloneNode(true).firstElementChild;
  phone.querySelector(".sender").textContent = sign;
  phone.querySelector(".bubbles").append(...content);
  refresh(phone);
  return phone;
}

export function bubble(content) {
  return messageText("div", "bubble", content);
}

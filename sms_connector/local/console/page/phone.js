// The emulator's phone, as its owner would see it.

import { put } from "./shared/texts.js";

const screen = document.getElementById("screen");
const messages = document.getElementById("screen-messages");
const sender = document.getElementById("screen-sender");

export function openPhone() {
  screen.hidden = false;
  put(sender, "screenEmpty");
}

export function showMessage({ phone, content, receivedAt }) {
  delete sender.dataset.text;
  sender.textContent = spaced(phone);
  if (messages.dataset.latest === receivedAt) return;
  messages.dataset.latest = receivedAt;
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  // The language is the template's, not the page's.
  bubble.lang = /\p{Script=Han}/u.test(content) ? "zh-CN" : "en";
  bubble.textContent = content;
  const time = document.createElement("time");
  time.dateTime = receivedAt;
  time.textContent = new Date(receivedAt).toTimeString().slice(0, 5);
  bubble.append(time);
  messages.replaceChildren(bubble);
}

function spaced(phone) {
  return /^1\d{10}$/.test(phone) ? phone.replace(/(\d{3})(\d{4})/, "$1 $2 ") : `+${phone}`;
}

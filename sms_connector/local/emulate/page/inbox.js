// The inbox: polls for messages and shows them, newest first.

import { loadTexts, offerLanguages, preferredLanguage, put, refresh } from "./shared/texts.js";

const PAUSE = 1000; // milliseconds between two requests
const LIMIT = 200; // messages on the page; a search finds the others

const search = document.getElementById("phone");
const list = document.getElementById("messages");
const state = document.getElementById("state");
const template = document.getElementById("message");
let shown = new Map(); // elements by request and phone: one that stays is not created again
let asked = 0;
let waiting;

await loadTexts(preferredLanguage());
offerLanguages(document.getElementById("languages"));
search.addEventListener("input", look);
document.getElementById("clear").addEventListener("click", async () => {
  await fetch("inbox", { method: "DELETE" }).catch(() => {});
  look();
});
document.addEventListener("visibilitychange", look);
look();

async function look() {
  const turn = ++asked;
  clearTimeout(waiting);
  if (document.hidden) return;
  const digits = search.value.replace(/\D/g, "");
  try {
    // The browser revalidates, and uses its cache while nothing changes.
    const answer = await fetch(`inbox?limit=${LIMIT}&phone=${digits}`, { cache: "no-cache" });
    const messages = await answer.json();
    if (turn !== asked) return;
    show(messages, Number(answer.headers.get("X-Total-Count")), digits);
  } catch {
    if (turn !== asked) return;
    put(state, "gone");
  }
  waiting = setTimeout(look, PAUSE);
}

function show(messages, total, digits) {
  if (total > messages.length) put(state, "some", { shown: messages.length, total });
  else if (total) put(state, total === 1 ? "one" : "all", { total });
  else put(state, digits ? "noneFound" : "none");
  const before = shown;
  shown = new Map();
  for (const message of messages) {
    const key = `${message.requestId} ${message.phone}`;
    shown.set(key, before.get(key) ?? element(message));
  }
  const wanted = [...shown.values()];
  const same = wanted.length === list.children.length;
  if (!same || wanted.some((item, index) => item !== list.children[index])) {
    list.replaceChildren(...wanted);
  }
}

function element(message) {
  const item = template.content.cloneNode(true).firstElementChild;
  const find = (name) => item.querySelector(`.${name}`);
  find("number").textContent = spaced(message.phone);
  find("content").textContent = message.content;
  find("content").lang = /\p{Script=Han}/u.test(message.content) ? "zh-CN" : "en";
  find("template").textContent = message.templateCode;
  find("parts").textContent = message.parts;
  const undelivered = message.deliveryError !== undefined;
  item.classList.toggle("failed", undelivered);
  find("undelivered").hidden = !undelivered;
  find("delivery-error").textContent = message.deliveryError ?? "";
  find("biz-id").textContent = message.bizId;
  const received = new Date(message.receivedAt);
  const time = item.querySelector("time");
  time.dateTime = message.receivedAt;
  time.textContent = received.toTimeString().slice(0, 8);
  item.classList.add("new");
  refresh(item);
  return item;
}

function spaced(phone) {
  return /^1\d{10}$/.test(phone) ? phone.replace(/(\d{3})(\d{4})/, "$1 $2 ") : `+${phone}`;
}

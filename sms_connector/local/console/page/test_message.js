// The form on the right: one test message, the provider's response, the delivery state.

import { Gone, Refused, get, post } from "./api.js";
import { showMessage } from "./phone.js";
import { isValid, readForm } from "./settings.js";
import { clear, put, quote, text } from "./shared/texts.js";

const PAUSE = 1000; // milliseconds between two queries of the delivery state
const PATIENCE = 60_000; // milliseconds until a message counts as late

const field = (id) => document.getElementById(id);
const phone = field("phone");
const usage = field("usage");
const notes = field("phone-notes");
const outcome = field("outcome");
const delivery = field("delivery");
let sending = false;
let following = 0;

export function openTest(changed) {
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, 250);
  };
  phone.addEventListener("input", soon);
  usage.addEventListener("change", soon);
  field("test").addEventListener("submit", send);
}

export function readMessage() {
  return { phone: phone.value.trim(), usageType: usage.value };
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
  phone.toggleAttribute("aria-invalid", false);
  if (!note) return;
  const item = document.createElement("li");
  item.className = note.ok ? "good" : "bad";
  const words = document.createElement("span");
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

async function send(event) {
  event.preventDefault();
  if (sending) return;
  if (!phone.value.trim()) {
    showPhoneNote({ ok: false, message: "Enter a phone number." });
    phone.focus();
    return;
  }
  sending = true;
  following += 1;
  field("send").setAttribute("aria-disabled", "true");
  clear(delivery);
  outcome.className = "outcome";
  outcome.replaceChildren(line("p", "mark wait", "sending"));
  try {
    if (!(await isValid())) {
      outcome.replaceChildren(line("p", "mark bad", "invalidForm"));
      return;
    }
    const request = { form: readForm(), ...readMessage() };
    let answer = await post("send", request);
    if (answer.confirm) {
      if (!confirm(text("confirmSend", answer.confirm))) {
        outcome.replaceChildren(line("p", "mark bad", "notSent"));
        return;
      }
      answer = await post("send", { ...request, confirmed: true });
    }
    if (answer.error) showRefusal(answer.error);
    else showReceipt(answer.receipt);
    if (answer.sent) follow(answer.sent, following);
  } catch (error) {
    const shown = line("p", "mark bad", "gone");
    if (error instanceof Refused) quote(shown, error.message);
    else if (!(error instanceof Gone)) throw error;
    outcome.replaceChildren(shown);
  } finally {
    sending = false;
    field("send").removeAttribute("aria-disabled");
  }
}

function showReceipt({ templateCode, bizId, requestId }) {
  outcome.replaceChildren(
    line("p", "mark good", "accepted"),
    list([
      ["templateCode", templateCode],
      ["bizId", bizId],
      ["requestId", requestId],
    ]),
  );
}

function showRefusal(error) {
  const message = document.createElement("p");
  quote(message, error.message);
  const sent = error.sent === null ? "maybeSent" : "notSent";
  outcome.replaceChildren(line("p", "mark bad", sent), message);
  const { provider } = error;
  const details = [["errorCode", error.code]];
  if (provider) {
    details.push(["providerCode", provider.code], ["providerMessage", provider.message]);
    details.push(["requestId", provider.requestId]);
  }
  outcome.append(list(details));
}

// Queries the delivery state until it is final, the message is late, or another one is sent.
async function follow(name, turn) {
  const deadline = Date.now() + PATIENCE;
  try {
    for (;;) {
      const answer = await get(`sent/${name}`);
      if (turn !== following) return;
      showDelivery(answer.delivery);
      if (answer.screen) showMessage(answer.screen);
      if (answer.delivery.final) return;
      if (Date.now() > deadline) break;
      await new Promise((done) => setTimeout(done, PAUSE));
    }
    delivery.replaceChildren(line("p", "mark wait", "late"));
  } catch (error) {
    if (!(error instanceof Gone) && !(error instanceof Refused)) throw error;
    delivery.replaceChildren(line("p", "mark bad", "gone"));
  }
}

function showDelivery({ state, code, message }) {
  // A screen reader would read the same state again.
  if (delivery.dataset.state === state && delivery.firstChild) return;
  delivery.dataset.state = state;
  const marks = { delivered: "good", failed: "bad", waiting: "wait", unknown: "wait" };
  delivery.replaceChildren(line("p", `mark ${marks[state]}`, `delivery.${state}`));
  if (message) {
    const why = document.createElement("p");
    why.className = "remedy";
    quote(why, message);
    delivery.append(why);
  }
  if (code) delivery.append(list([["carrierCode", code]]));
}

function line(kind, className, name) {
  const element = document.createElement(kind);
  element.className = className;
  put(element, name);
  return element;
}

function list(pairs) {
  const element = document.createElement("dl");
  for (const [name, value] of pairs) {
    const dd = document.createElement("dd");
    dd.className = "code";
    dd.textContent = value;
    element.append(line("dt", "", name), dd);
  }
  return element;
}

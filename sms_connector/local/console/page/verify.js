// The tab of the verification: start it, type the code, see the result.

import { post } from "./api.js";
import { Delivery } from "./delivery.js";
import { onChange } from "./form.js";
import { backupNote, facts, failure, refusal } from "./outcome.js";
import { hasPhone, readMessage, sendTo } from "./recipient.js";
import { said, worded } from "./shared/elements.js";

const field = (id) => document.getElementById(id);
const code = field("code");
const started = field("started");
const result = field("result");
const delivery = new Delivery(field("verify-delivery"));
let current = null; // the message that started the verification, and its id if it is known
let busy = false;
let turn = 0;

export function openVerify() {
  field("verify").addEventListener("submit", (event) => {
    event.preventDefault();
    if (hasPhone()) act(() => start(readMessage()));
  });
  field("check-code").addEventListener("submit", (event) => {
    event.preventDefault();
    act(check);
  });
  field("resend").addEventListener("click", () => act(() => start(current.message)));
  field("cancel").addEventListener("click", () => act(cancel));
  onChange(forget);
}

// Removes the results of a verification that was started with other settings.
function forget() {
  turn += 1;
  delivery.clear();
  started.className = "";
  started.replaceChildren();
  result.replaceChildren();
  askForCode(false);
}

// Only the button of the next step is a main button.
function askForCode(asked) {
  field("check-code").hidden = !asked;
  field("start").classList.toggle("main", !asked);
}

// One request at a time: two would count two guesses, or send two messages.
async function act(request) {
  if (busy) return;
  busy = true;
  const buttons = document.querySelectorAll("#verify button, #check-code button");
  buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  try {
    await request();
  } catch (error) {
    result.replaceChildren(failure(error));
  } finally {
    busy = false;
    buttons.forEach((button) => button.removeAttribute("aria-disabled"));
  }
}

async function start(message) {
  const mine = turn;
  result.replaceChildren();
  delivery.clear();
  started.className = "outcome";
  started.replaceChildren(worded("p", "mark wait", "sending"));
  try {
    const answer = await sendTo("verifications", message);
    if (mine !== turn) return;
    started.replaceChildren(...shown(answer));
    if (typeof answer === "string") return;
    // A refused start changes nothing: an earlier verification stays pending.
    if (answer.error && answer.error.sent !== null) return;
    current = { message, id: answer.verification?.id ?? "" };
    askForCode(true);
    field("cancel").hidden = !current.id;
    code.value = "";
    code.focus();
    if (answer.sent) delivery.follow(answer.sent);
  } catch (error) {
    started.replaceChildren(failure(error));
  }
}

function shown(answer) {
  if (typeof answer === "string") return [worded("p", "mark bad", answer)];
  if (answer.error) return refusal(answer.error);
  const { expiresAt, sendsLeft } = answer.verification;
  const details = [
    ["validUntil", new Date(expiresAt).toTimeString().slice(0, 8)],
    ["sendsLeft", sendsLeft],
  ];
  const done = answer.isNew ? "codeSent" : "codeSentAgain";
  return [worded("p", "mark good", done), ...backupNote(answer.receipt), facts(details)];
}

async function check() {
  const { message, id } = current;
  show(await post("verifications/check", { ...message, id, code: code.value }), "approved");
  code.focus();
}

async function cancel() {
  show(await post("verifications/cancel", { id: current.id }), "cancelled");
}

function show({ error }, done) {
  if (!error) {
    result.replaceChildren(worded("p", "mark good", done));
    return;
  }
  const details = [["errorCode", error.code]];
  if (error.attemptsLeft !== undefined) details.push(["attemptsLeft", error.attemptsLeft]);
  result.replaceChildren(said("p", "mark bad", error.message), facts(details));
}

// The tab of one message: the provider's response, the delivery state.

import { Delivery } from "./delivery.js";
import { onChange } from "./form.js";
import { backupNote, facts, failure, refusal } from "./outcome.js";
import { clearPhone } from "./phone.js";
import { hasPhone, readMessage, sendTo } from "./recipient.js";
import { worded } from "./shared/elements.js";

const button = document.getElementById("send");
const outcome = document.getElementById("outcome");
const delivery = new Delivery(document.getElementById("delivery"));
let sending = false;
let turn = 0;

export function openTrying() {
  document.getElementById("test").addEventListener("submit", send);
  onChange(clearOutcome);
}

// Removes the results of a message that was sent with other settings.
function clearOutcome() {
  turn += 1;
  delivery.clear();
  outcome.className = "";
  outcome.replaceChildren();
}

async function send(event) {
  event.preventDefault();
  if (sending || !hasPhone()) return;
  sending = true;
  button.setAttribute("aria-disabled", "true");
  clearOutcome();
  clearPhone();
  const mine = turn;
  outcome.className = "outcome";
  outcome.replaceChildren(worded("p", "mark wait", "sending"));
  try {
    const answer = await sendTo("send", readMessage());
    if (mine !== turn) return;
    outcome.replaceChildren(...shown(answer));
    if (answer.sent) delivery.follow(answer.sent);
  } catch (error) {
    if (mine === turn) outcome.replaceChildren(failure(error));
  } finally {
    sending = false;
    button.removeAttribute("aria-disabled");
  }
}

function shown(answer) {
  if (typeof answer === "string") return [worded("p", "mark bad", answer)];
  if (answer.error) return refusal(answer.error);
  const { templateCode, bizId, requestId } = answer.receipt;
  const details = [["templateCode", templateCode], ["bizId", bizId], ["requestId", requestId]];
  return [worded("p", "mark good", "accepted"), ...backupNote(answer.receipt), facts(details)];
}

// The tab of the test message: the provider's response, the delivery state.

import { Delivery } from "./delivery.js";
import { failure, line, list, refusal } from "./outcome.js";
import { hasPhone, readMessage, sendTo } from "./recipient.js";

const button = document.getElementById("send");
const outcome = document.getElementById("outcome");
const delivery = new Delivery(document.getElementById("delivery"));
let sending = false;

export function openTest() {
  document.getElementById("test").addEventListener("submit", send);
}

async function send(event) {
  event.preventDefault();
  if (sending || !hasPhone()) return;
  sending = true;
  button.setAttribute("aria-disabled", "true");
  delivery.clear();
  outcome.className = "outcome";
  outcome.replaceChildren(line("p", "mark wait", "sending"));
  try {
    const answer = await sendTo("send", readMessage());
    outcome.replaceChildren(...shown(answer));
    if (answer.sent) delivery.follow(answer.sent);
  } catch (error) {
    outcome.replaceChildren(failure(error));
  } finally {
    sending = false;
    button.removeAttribute("aria-disabled");
  }
}

function shown(answer) {
  if (typeof answer === "string") return [line("p", "mark bad", answer)];
  if (answer.error) return refusal(answer.error);
  const { templateCode, bizId, requestId } = answer.receipt;
  const details = [["templateCode", templateCode], ["bizId", bizId], ["requestId", requestId]];
  return [line("p", "mark good", "accepted"), list(details)];
}

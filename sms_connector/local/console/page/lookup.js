// The panel that looks up a number, for "I got no code": limits, verifications, messages.

import { post } from "./api.js";
import { readForm } from "./form.js";
import { failure } from "./outcome.js";
import { element, said, worded } from "./shared/elements.js";
import { table, title } from "./tables.js";
import { isValid } from "./validation.js";

const STATUSES = {
  pending: "lookupPending",
  approved: "lookupApproved",
  cancelled: "lookupCancelled",
  exhausted: "lookupExhausted",
};
const STATES = { accepted: "waiting", delivered: "delivered", failed: "failed" };
const phone = document.getElementById("lookup-phone");
const found = document.getElementById("found");
let turn = 0;

export function openLookup() {
  document.getElementById("lookup").addEventListener("submit", (event) => {
    event.preventDefault();
    lookUp();
  });
}

async function lookUp() {
  const mine = (turn += 1);
  found.replaceChildren(worded("p", "hint", "loading"));
  try {
    const answer = (await isValid())
      ? await post("lookup", { form: readForm(), phone: phone.value.trim() })
      : null;
    if (mine === turn) found.replaceChildren(...shown(answer));
  } catch (error) {
    if (mine === turn) found.replaceChildren(failure(error));
  }
}

function shown(answer) {
  if (!answer) return [worded("p", "mark bad", "lookupInvalidForm")];
  if (answer.error) return [said("p", "mark bad", answer.error.message)];
  const { country, templates, limits, verifications, messages, problem } = answer;
  const sentence = (text) => said("span", "", text);
  const parts = [
    worded("p", "hint", "lookupCountry", { country }),
    list(["usageType", "lookupTemplate"], Object.entries(templates).map(([name, code]) => [name, sentence(code)])),
    list(
      ["lookupLimit", "lookupAllows", "lookupUsed", "lookupFullUntil"],
      limits.map(({ rule, value, used, freeAt }) => [`limits.${rule}`, value, used, time(freeAt)]),
      "lookupNoLimits",
    ),
    list(
      ["lookupVerification", "lookupStatus", "attemptsLeft", "lookupSendsLeft", "lookupExpires"],
      verifications.map((one) => [
        one.usageType,
        worded("span", "", STATUSES[one.status]),
        one.attemptsLeft,
        one.sendsLeft,
        time(one.expiresAt),
      ]),
      "lookupNoVerifications",
    ),
  ];
  if (messages) {
    const rows = messages.map(({ at, templateCode, state, carrierCode, meaning }) => [
      time(at),
      templateCode,
      worded("span", "", `delivery.${STATES[state]}`),
      carrierCode ?? "",
      meaning ? sentence(meaning) : "",
    ]);
    parts.push(list(["lookupSent", "lookupTemplate", "lookupStatus", "carrierCode", "lookupMeaning"], rows, "lookupNoMessages"));
  }
  if (problem) parts.push(said("p", "mark wait", problem));
  return parts;
}

function list(titles, rows, none) {
  if (!rows.length) return worded("p", "hint", none);
  return table(titles.map((name) => title(name)), rows);
}

function time(at) {
  if (!at) return "";
  const made = element("time", "", new Date(at).toLocaleString(document.documentElement.lang));
  made.dateTime = at;
  return made;
}

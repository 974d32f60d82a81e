// How the outcome of a request is shown: its details, and the reason of a failure.

import { Gone, Refused } from "./api.js";
import { element, said, worded } from "./shared/elements.js";

const LONG = 90; // characters of a value beyond which it is folded
const BEGINNING = 60; // characters that stay visible

// A list of names and values; a long value is folded.
export function facts(pairs) {
  const list = element("dl");
  for (const [name, value] of pairs) {
    const place = element("dd", "code");
    place.append(folded(String(value)));
    list.append(worded("dt", "", name), place);
  }
  return list;
}

// A message that was refused, or may have been sent.
export function refusal(error) {
  const sent = error.sent === null ? "maybeSent" : "notSent";
  const { provider } = error;
  const details = [["errorCode", error.code]];
  if (provider) {
    details.push(["providerCode", provider.code], ["providerMessage", provider.message]);
    details.push(["requestId", provider.requestId]);
  }
  return [worded("p", "mark bad", sent), said("p", "", error.message), facts(details)];
}

// A note where a message went out by the backup, and why; nothing of any other.
export function backupNote({ backupFor }) {
  if (!backupFor) return [];
  return [worded("p", "mark wait", "byBackup"), said("p", "", backupFor.problem)];
}

// The console refused the request, or does not respond. Any other error is a bug.
export function failure(error) {
  if (error instanceof Refused) return said("p", "mark bad", error.message);
  if (error instanceof Gone) return worded("p", "mark bad", "gone");
  throw error;
}

function folded(value) {
  if (value.length <= LONG) return value;
  const details = element("details");
  details.append(element("summary", "", `${value.slice(0, BEGINNING)}…`), value);
  return details;
}

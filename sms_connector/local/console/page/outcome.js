// How the outcome of a request is shown: a marked line, details, the reason of a failure.

import { Gone, Refused } from "./api.js";
import { put, quote } from "./shared/texts.js";

const LONG = 90; // characters of a provider's text that is folded
const BEGINNING = 60;

export function line(kind, className, name, values) {
  const element = document.createElement(kind);
  element.className = className;
  put(element, name, values);
  return element;
}

// A marked line with a sentence of the program.
export function said(className, english) {
  const element = document.createElement("p");
  element.className = className;
  quote(element, english);
  return element;
}

export function list(pairs) {
  const element = document.createElement("dl");
  for (const [name, value] of pairs) {
    const dd = document.createElement("dd");
    dd.className = "code";
    dd.append(folded(String(value)));
    element.append(line("dt", "", name), dd);
  }
  return element;
}

// A message that was refused, or of which nobody knows whether it was sent.
export function refusal(error) {
  const sent = error.sent === null ? "maybeSent" : "notSent";
  const { provider } = error;
  const details = [["errorCode", error.code]];
  if (provider) {
    details.push(["providerCode", provider.code], ["providerMessage", provider.message]);
    details.push(["requestId", provider.requestId]);
  }
  return [line("p", "mark bad", sent), said("", error.message), list(details)];
}

// The console itself refused, or is gone. Any other error is a bug.
export function failure(error) {
  if (error instanceof Refused) return said("mark bad", error.message);
  if (error instanceof Gone) return line("p", "mark bad", "gone");
  throw error;
}

// A long text is there on demand.
function folded(value) {
  if (value.length <= LONG) return value;
  const element = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = `${value.slice(0, BEGINNING)}…`;
  element.append(summary, value);
  return element;
}

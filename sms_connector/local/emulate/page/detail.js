// One entry in full: the message or the refusal, its delivery, and the request.

import { codeButton, copyButton } from "./clipboard.js";
import { facts } from "./elements.js";
import { momentOf, spacedPhone, timeOf } from "./formats.js";
import { STATES } from "./row.js";
import { element, messageText, said, worded } from "./shared/elements.js";

const LONG = 160; // characters of the provider's message that are shown unfolded

export function detailElements(found) {
  const { row, message } = found;
  const body = message ? ofMessage(found) : ofRefusal(found);
  return [heading(row), ...body, ...request(found)];
}

function heading(row) {
  const { name, mark } = STATES[row.state];
  const head = element("header", "head");
  const title = element("h2", "number", spacedPhone(row));
  if (!row.phone) title.append(worded("span", "quiet", "noNumber"));
  const time = element("time", "quiet", momentOf(row.at));
  time.dateTime = row.at;
  head.append(title, worded("span", `badge ${mark}`, name), time);
  return head;
}

function ofMessage({ row, message, fault, meaning, deliveredAt, reports, pushesReports }) {
  const copies = element("div", "copies");
  if (row.code) copies.append(worded("span", "quiet", "code"), codeButton(row.code));
  copies.append(copyButton("copyText", () => message.content));
  const lines = [
    step(row.at, "accepted", row.state === "pending" ? "" : "good"),
    ...(fault ? [note(said("span", "", fault), "answerFault")] : []),
    delivered(row, deliveredAt, meaning),
    ...reports.map(report),
  ];
  if (!reports.length) {
    lines.push(note("", pushesReports ? "noReportYet" : "noReports"));
  }
  const timeline = element("ol", "timeline");
  timeline.append(...lines);
  return [
    messageText("p", "bubble", message.content),
    copies,
    worded("h3", "", "delivery"),
    timeline,
    worded("h3", "", "message"),
    facts([
      ["signName", message.signName],
      ["templateCode", code(message.templateCode)],
      ["templateParam", code(JSON.stringify(message.templateParam))],
      ["parts", String(message.parts)],
      ["bizId", code(message.bizId)],
      ["requestId", code(message.requestId)],
      ["outId", message.outId && code(message.outId)],
    ]),
  ];
}

function ofRefusal({ explanation, refused }) {
  const why = element("div", "notice bad");
  if (refused.code) why.append(element("p", "code", refused.code));
  why.append(said("p", "", explanation));
  const answer = refused.code
    ? long(refused.reason)
    : said("span", "", refused.reason);
  return [
    why,
    worded("h3", "", "answer"),
    facts([
      ["status", refused.code && String(refused.status)],
      ["answerMessage", answer],
      ["requestId", code(refused.requestId)],
    ]),
    worded("h3", "", "asked"),
    facts([
      ["action", refused.action && code(refused.action)],
      ["phoneNumbers", refused.phone && code(refused.phone)],
      ["signName", refused.signName],
      ["templateCode", refused.templateCode && code(refused.templateCode)],
      ["templateParam", refused.templateParam && code(refused.templateParam)],
    ]),
  ];
}

function request({ request: words }) {
  const text = element("pre", "request", words);
  text.tabIndex = 0;
  const head = element("div", "with-copy");
  const title = worded("h3", "", "request");
  title.id = "request-title";
  text.setAttribute("role", "region");
  text.setAttribute("aria-labelledby", title.id);
  head.append(title, copyButton("copy", () => words));
  return [head, text, worded("p", "hint", "requestHint")];
}

function delivered(row, at, meaning) {
  const { name, mark } = STATES[row.state];
  if (row.state !== "failed") return step(at, name, mark);
  const line = step(at, name, mark);
  line.append(" ", code(row.error));
  if (meaning) line.append(" ", said("span", "quiet", meaning));
  return line;
}

function report({ at, success, code: error, problem }) {
  const line = step(at, success ? "reportDelivered" : "reportFailed", problem ? "wait" : "good");
  if (!success) line.append(" ", code(error));
  line.append(" ");
  if (problem) line.append(worded("span", "wait", "reportNotTaken"), " ", said("span", "wait", problem));
  else line.append(worded("span", "quiet", "reportTaken"));
  return line;
}

function step(at, name, mark) {
  const line = element("li", mark);
  const time = element("time", "quiet", timeOf(at));
  time.dateTime = at;
  line.append(time, " ", worded("span", "", name));
  return line;
}

function note(content, name) {
  const line = element("li", "quiet");
  line.append(worded("span", "", name), " ", content);
  return line;
}

// A message of the provider, folded if it is long: one of them quotes the text to sign.
function long(words) {
  if (words.length <= LONG) return element("span", "", words);
  const folded = element("details");
  folded.append(element("summary", "", `${words.slice(0, LONG)}…`), element("p", "code", words));
  return folded;
}

function code(words) {
  return element("span", "code", words);
}

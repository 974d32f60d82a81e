// One line of the list.

import { codeButton } from "./clipboard.js";
import { spacedPhone, timeOf } from "./formats.js";
import { element, messageText, said, worded } from "./shared/elements.js";

export const STATES = {
  pending: { name: "state.pending", mark: "wait" },
  delivered: { name: "state.delivered", mark: "good" },
  failed: { name: "state.failed", mark: "bad" },
  refused: { name: "state.refused", mark: "bad" },
};

export function rowElement(row) {
  const item = element("li", `row ${row.state}`);
  const link = element("a", "open");
  link.href = `#${row.id}`;
  link.tabIndex = -1;
  const time = element("time", "quiet", timeOf(row.at));
  time.dateTime = row.at;
  link.append(unreadMark(), time, element("span", "number", spacedPhone(row)), words(row), mark(row));
  item.append(link);
  if (row.code) {
    const button = codeButton(row.code);
    button.tabIndex = -1;
    item.append(button);
  } else {
    item.append(element("span", "no-code"));
  }
  updateRow(item, row);
  return item;
}

// Updates what may change in a row.
export function updateRow(item, row) {
  item.classList.toggle("unread", !row.read);
  item.querySelector(".unread-mark").hidden = row.read;
  if (item.dataset.state === row.state) return;
  item.className = `row ${row.state}${row.read ? "" : " unread"}`;
  item.dataset.state = row.state;
  item.querySelector(".text").replaceWith(words(row));
  item.querySelector(".state").replaceWith(mark(row));
}

function unreadMark() {
  const dot = element("span", "unread-mark");
  dot.append(worded("span", "visually-hidden", "unread"));
  return dot;
}

function words(row) {
  const all = element("span", "text");
  if (row.error) all.append(element("span", "code", row.error), " ");
  if (row.state === "refused") all.append(said("span", "", row.text));
  else all.append(messageText("span", "content", row.text));
  return all;
}

function mark(row) {
  const { name, mark: kind } = STATES[row.state];
  const state = element("span", "state");
  state.append(worded("span", `badge ${kind}`, name));
  return state;
}

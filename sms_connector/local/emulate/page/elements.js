// Makes elements, and changes a list of them without moving those that stay.

import { put, quote } from "./shared/texts.js";

export function element(tag, className = "", content = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = content;
  return made;
}

// An element with a text of the page.
export function worded(tag, className, name, values) {
  const made = element(tag, className);
  put(made, name, values);
  return made;
}

// An element with a sentence of the program.
export function said(tag, className, english) {
  const made = element(tag, className);
  quote(made, english);
  return made;
}

// A list of names and values; a value is a text or an element, and left out if it is empty.
export function facts(pairs) {
  const list = element("dl", "facts");
  for (const [name, value] of pairs) {
    if (!value) continue;
    const line = element("div");
    const place = element("dd");
    place.append(value);
    line.append(worded("dt", "", name), place);
    list.append(line);
  }
  return list;
}

// Shows `wanted` in `place`. What stays is not touched, so that it keeps focus and selection: both
// have the same order.
export function arrange(place, wanted) {
  const stays = new Set(wanted);
  for (const child of [...place.children]) if (!stays.has(child)) child.remove();
  let next = place.firstElementChild;
  for (const item of wanted) {
    if (item === next) next = next.nextElementSibling;
    else place.insertBefore(item, next);
  }
}

// The language of a message is its template's, not the page's.
export function languageOf(content) {
  return /\p{Script=Han}/u.test(content) ? "zh-CN" : "en";
}

// Makes elements with a content, or with words that change with the language of the page.

import { put, quote } from "./texts.js";

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

// The text of a message. Its language is the template's, not the page's.
export function messageText(tag, className, content) {
  const made = element(tag, className, content);
  made.lang = /\p{Script=Han}/u.test(content) ? "zh-CN" : "en";
  return made;
}

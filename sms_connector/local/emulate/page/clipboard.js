// Buttons that copy a text, and confirm it.

import { element, worded } from "./shared/elements.js";
import { label, put, text } from "./shared/texts.js";

const CONFIRMED_FOR = 1500; // milliseconds

const status = document.getElementById("status");

// A button that shows `content` and copies it.
export function codeButton(content) {
  const button = element("button", "plain code copy", content);
  button.type = "button";
  label(button, "copyCode", { code: content });
  button.addEventListener("click", () => copyFrom(button, content));
  return button;
}

// A button that copies what `find` returns.
export function copyButton(name, find) {
  const button = worded("button", "small copy", name);
  button.type = "button";
  button.addEventListener("click", () => copyFrom(button, find()));
  return button;
}

async function copyFrom(button, content) {
  await copyText(content);
  put(status, "copiedText", { content: content.length > 40 ? "" : content });
  button.dataset.copied = text("copied");
  setTimeout(() => delete button.dataset.copied, CONFIRMED_FOR);
}

async function copyText(content) {
  // Browsers offer the clipboard to https and to this machine's own address only.
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(content);
      return;
    } catch {
      // Not permitted: copy as below.
    }
  }
  const focused = document.activeElement;
  const field = element("textarea", "visually-hidden", content);
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  focused?.focus();
}

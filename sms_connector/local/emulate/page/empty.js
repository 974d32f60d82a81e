// The page before the first message: a request to copy, and what to set.

import { Gone, exampleRequest } from "./api.js";
import { codeButton, copyButton } from "./clipboard.js";
import { someNumbers } from "./magic_numbers.js";

const place = document.getElementById("empty");
const command = document.getElementById("example-request");

let prepared = false;

export async function showEmpty(isEmpty) {
  const wasHidden = place.hidden;
  place.hidden = !isEmpty;
  if (!isEmpty || !wasHidden) return;
  try {
    await showExample();
    document.getElementById("some-numbers").replaceChildren(...(await someNumbers()));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  }
}

// A new request each time: a signed one is accepted once, for 15 minutes.
async function showExample() {
  const example = await exampleRequest();
  command.textContent = example.command;
  document.getElementById("example").hidden = !example.command;
  if (prepared) return;
  prepared = true;
  document.getElementById("endpoint").append(codeButton(location.origin));
  command.after(copyButton("copy", () => command.textContent));
}

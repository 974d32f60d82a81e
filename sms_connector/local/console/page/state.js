// The line beside Save and Check.

import { Gone, Refused } from "./api.js";
import { put, quote } from "./shared/texts.js";

const state = document.getElementById("state");

export function showState(className, name, values) {
  state.className = `state ${className}`;
  put(state, name, values);
}

// Shows an error of a request. Any other error is a bug.
export function showError(error) {
  if (error instanceof Gone) return showState("bad mark", "gone");
  if (!(error instanceof Refused)) throw error;
  state.className = "state bad mark";
  quote(state, error.message);
}

// The test numbers: a row for each, with its code and its last day.

import { identify, typed } from "./fields.js";
import { label, refresh } from "./shared/texts.js";

const numbers = document.getElementById("numbers");
const template = document.getElementById("number");
const add = document.getElementById("add-number");
const MOST = 10;

export function fillNumbers(rows) {
  numbers.replaceChildren();
  rows.forEach(addNumber);
  nameNumbers();
}

export function addNumber({ phone = "", code = "", until = "" } = {}) {
  const row = template.content.cloneNode(true).firstElementChild;
  row.querySelector(".test-phone").value = phone;
  row.querySelector(".test-code").value = code;
  row.querySelector(".until").value = until;
  identify(row);
  row.addEventListener("input", nameNumbers);
  numbers.append(row);
  refresh(row);
  nameNumbers();
  return row;
}

export function readNumbers() {
  return [...numbers.children].map((row) => ({
    phone: typed(row.querySelector(".test-phone")),
    code: typed(row.querySelector(".test-code")),
    until: row.querySelector(".until").value,
  }));
}

// For screen readers: the name of the row that a field is in.
export function nameNumbers() {
  for (const row of numbers.children) {
    const phone = typed(row.querySelector(".test-phone"));
    label(row, "numberLabel", { phone });
    label(row.querySelector(".remove"), "removeNumber", { phone });
  }
  add.disabled = numbers.children.length >= MOST;
}

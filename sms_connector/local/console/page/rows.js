// The templates: a row for each usage type, with one code or two.

import { label, refresh } from "./shared/texts.js";

const rows = document.getElementById("rows");
const template = document.getElementById("row");
let required = [];
let made = 0;

// Offers `usageTypes`. The row of a required one cannot be removed.
export function prepareRows(usageTypes, requiredUsageTypes) {
  required = requiredUsageTypes;
  document.getElementById("usage-types").replaceChildren(
    ...usageTypes.map((name) => Object.assign(document.createElement("option"), { value: name })),
  );
  rows.addEventListener("input", nameRows);
}

export function fillRows(templates) {
  rows.replaceChildren();
  templates.forEach(addRow);
}

export function addRow({ usageType = "", code = "", overseas = "" } = {}) {
  const row = template.content.cloneNode(true).firstElementChild;
  const number = ++made;
  const inputs = row.querySelectorAll("input");
  const notes = row.querySelector(".notes");
  notes.id = `row-${number}-notes`;
  [usageType, code, overseas].forEach((value, index) => {
    inputs[index].value = value;
    inputs[index].id = `row-${number}-${index}`;
    inputs[index].setAttribute("aria-describedby", notes.id);
    row.querySelectorAll("label")[index].htmlFor = inputs[index].id;
  });
  rows.append(row);
  refresh(row);
  nameRows();
  return row;
}

export function readRows() {
  return [...rows.children].map((row) => {
    const [usageType, code, overseas] = [...row.querySelectorAll("input")].map(typed);
    return { usageType, code, overseas };
  });
}

// Puts a mainland code into each row; `codeOf` returns that of a usage type.
export function setCodes(codeOf) {
  for (const row of rows.children) {
    const [usageType, code] = row.querySelectorAll("input");
    code.value = codeOf(typed(usageType));
  }
}

// Suggests the codes of a data list, if it is named, in all rows and in those to come.
export function offerCodes(list, placeholder) {
  for (const part of [rows, template.content]) {
    for (const code of part.querySelectorAll(".template-code")) {
      code.placeholder = placeholder;
      if (list) code.setAttribute("list", list);
      else code.removeAttribute("list");
    }
  }
}

// The row that a path such as `templates[1].templateCode` names.
export function rowAt(path) {
  const index = /^templates\[(\d+)\]/.exec(path)?.[1];
  return index === undefined ? undefined : rows.children[Number(index)];
}

// A screen reader reads which row a field is in.
function nameRows() {
  for (const row of rows.children) {
    const usageType = row.querySelector(".usage-type").value.trim();
    const remove = row.querySelector(".remove");
    label(row, "rowLabel", { usageType });
    label(remove, "removeTemplate", { usageType });
    const first = [...rows.children].find(
      (other) => other.querySelector(".usage-type").value.trim() === usageType,
    );
    remove.hidden = required.includes(usageType) && row === first;
  }
}

export function typed(input) {
  return input.value.trim();
}

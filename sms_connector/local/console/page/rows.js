// The templates: a row for each usage type, with one code or two.

import { label, put, refresh } from "./shared/texts.js";

const rows = document.getElementById("rows");
const template = document.getElementById("row");
const requiredUsage = document.getElementById("required-usage");
let required = [];
let made = 0;

// Offers `usageTypes`. The row of a required usage type shows it as text, and cannot be removed.
export function prepareRows(usageTypes, requiredUsageTypes) {
  required = requiredUsageTypes;
  const others = usageTypes.filter((name) => !required.includes(name));
  document.getElementById("usage-types").replaceChildren(
    ...others.map((name) => Object.assign(document.createElement("option"), { value: name })),
  );
  rows.addEventListener("input", nameRows);
}

export function fillRows(templates) {
  rows.replaceChildren();
  const named = new Set();
  for (const values of templates) {
    const first = required.includes(values.usageType) && !named.has(values.usageType);
    named.add(values.usageType);
    addRow(values, first);
  }
}

export function addRow({ usageType = "", code = "", overseas = "" } = {}, fixed = false) {
  const row = template.content.cloneNode(true).firstElementChild;
  const number = ++made;
  const notes = row.querySelector(".notes");
  notes.id = `row-${number}-notes`;
  row.querySelector(".usage-type").value = usageType;
  row.querySelector(".template-code").value = code;
  row.querySelector(".overseas-code").value = overseas;
  row.querySelectorAll("input").forEach((input, index) => {
    input.id = `row-${number}-${index}`;
    input.setAttribute("aria-describedby", notes.id);
    input.previousElementSibling.htmlFor = input.id;
  });
  if (fixed) fix(row, usageType);
  rows.append(row);
  refresh(row);
  nameRows();
  return row;
}

export function readRows() {
  return [...rows.children].map(valuesOf);
}

// The values of the row that an element is in.
export function rowOf(element) {
  const row = element.closest(".row-and-notes");
  return row && valuesOf(row);
}

// Sets the mainland code of each row to what `codeOf` returns for its usage type.
export function setCodes(codeOf) {
  for (const row of rows.children) {
    row.querySelector(".template-code").value = codeOf(valuesOf(row).usageType);
  }
}

// Suggests the codes of the data list with this id (none if empty), also in rows added later.
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

export function typed(input) {
  return input.value.trim();
}

function fix(row, usageType) {
  const usage = requiredUsage.content.cloneNode(true).firstElementChild;
  row.dataset.usageType = usageType;
  usage.querySelector(".name").textContent = usageType;
  put(usage.querySelector(".purpose"), `purpose.${usageType}`);
  row.querySelector(".usage").replaceWith(usage);
}

function valuesOf(row) {
  return {
    usageType: row.dataset.usageType ?? typed(row.querySelector(".usage-type")),
    code: typed(row.querySelector(".template-code")),
    overseas: typed(row.querySelector(".overseas-code")),
  };
}

// For screen readers: the name of the row that a field is in.
function nameRows() {
  for (const row of rows.children) {
    const { usageType } = valuesOf(row);
    label(row, "rowLabel", { usageType });
    const remove = row.querySelector(".remove");
    if (remove) label(remove, "removeTemplate", { usageType });
  }
}

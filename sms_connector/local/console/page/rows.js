// The templates: a row for each usage type, with one code or two. It can be opened into signs,
// countries and a backup of its own.

import { addCountry, readCountries } from "./countries.js";
import { identify, typed } from "./fields.js";
import { label, put, refresh } from "./shared/texts.js";

const rows = document.getElementById("rows");
const template = document.getElementById("row");
const requiredUsage = document.getElementById("required-usage");
let required = [];

const FIELDS = {
  ".usage-type": (values) => values.usageType,
  ".template-code": (values) => values.code,
  ".overseas-code": (values) => values.overseas,
  ".row-sign": (values) => values.sign,
  ".row-sign-overseas": (values) => values.signOverseas,
  ".backup-code": (values) => values.backup?.code,
  ".backup-sign": (values) => values.backup?.sign,
};

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

export function addRow(values = {}, fixed = false) {
  const { usageType = "", countries = [] } = values;
  const row = template.content.cloneNode(true).firstElementChild;
  for (const [selector, valueOf] of Object.entries(FIELDS)) {
    row.querySelector(selector).value = valueOf(values) ?? "";
  }
  identify(row);
  countries.forEach((country) => addCountry(row, country));
  const opened = row.querySelector(".opened");
  opened.open = countries.length > 0 || [...opened.querySelectorAll("input")].some(typed);
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
  const row = element.closest("#rows > .row-and-notes");
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
    sign: typed(row.querySelector(".row-sign")),
    signOverseas: typed(row.querySelector(".row-sign-overseas")),
    countries: readCountries(row),
    backup: {
      code: typed(row.querySelector(".backup-code")),
      sign: typed(row.querySelector(".backup-sign")),
    },
  };
}

// For screen readers: the name of the row that a field is in.
function nameRows() {
  for (const row of rows.children) {
    const { usageType } = valuesOf(row);
    label(row, "rowLabel", { usageType });
    const remove = row.querySelector(".usage .remove");
    if (remove) label(remove, "removeTemplate", { usageType });
  }
}

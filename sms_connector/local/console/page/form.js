// The fields of the settings.

import { addCountry } from "./countries.js";
import { typed } from "./fields.js";
import { addNumber, fillNumbers, nameNumbers, readNumbers } from "./numbers.js";
import { addRow, fillRows, prepareRows, readRows } from "./rows.js";
import { openService } from "./service.js";
import { put } from "./shared/texts.js";

const form = document.getElementById("settings");
const field = (id) => document.getElementById(id);

// Fills in the form.
export function openForm({ form: values, secretKept, usageTypes, requiredUsageTypes }) {
  prepareRows(usageTypes, requiredUsageTypes);
  field("access-key-id").value = values.accessKeyId;
  field("sign-name").value = values.signName;
  field("strict").checked = values.strict;
  field("endpoint").value = values.endpoint;
  field("sign-overseas").value = values.signOverseas;
  field("backup-code").value = values.backup.code;
  field("backup-sign").value = values.backup.sign;
  fillRows(values.templates);
  fillNumbers(values.testNumbers);
  openService();
  emptySecret(secretKept);
  form.addEventListener("click", clicked);
}

export function readForm() {
  return {
    accessKeyId: typed(field("access-key-id")),
    accessKeySecret: typed(field("access-key-secret")),
    signName: typed(field("sign-name")),
    signOverseas: typed(field("sign-overseas")),
    templates: readRows(),
    strict: field("strict").checked,
    endpoint: typed(field("endpoint")),
    backup: { code: typed(field("backup-code")), sign: typed(field("backup-sign")) },
    testNumbers: readNumbers(),
  };
}

// Calls `listener` with the event of each change.
export function onChange(listener) {
  form.addEventListener("input", listener);
  form.addEventListener("rows", listener);
}

// Empties the secret's field; `kept` is whether the file has a secret.
export function emptySecret(kept) {
  field("access-key-secret").value = "";
  field("access-key-secret").placeholder = kept ? "••••••••••••" : "";
  put(field("access-key-secret-hint"), kept ? "secretKept" : "secretHint");
}

function clicked(event) {
  const { target } = event;
  const row = target.closest(".row-and-notes");
  if (target.matches("#add-row")) {
    addRow().querySelector("input").focus();
  } else if (target.matches("#add-number")) {
    addNumber().querySelector("input").focus();
  } else if (target.matches(".add-country")) {
    addCountry(row).querySelector("input").focus();
  } else if (target.matches(".country .remove")) {
    target.closest(".country").remove();
    row.querySelector(".add-country").focus();
  } else if (target.matches("#numbers .remove")) {
    row.remove();
    nameNumbers();
    field("add-number").focus();
  } else if (target.matches(".remove")) {
    row.remove();
    field("add-row").focus();
  } else {
    return;
  }
  form.dispatchEvent(new Event("rows"));
}

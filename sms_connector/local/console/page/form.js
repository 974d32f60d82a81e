// The fields of the settings.

import { addRow, fillRows, prepareRows, readRows, typed } from "./rows.js";
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
  fillRows(values.templates);
  openService();
  emptySecret(secretKept);
  form.addEventListener("click", clicked);
}

export function readForm() {
  return {
    accessKeyId: typed(field("access-key-id")),
    accessKeySecret: typed(field("access-key-secret")),
    signName: typed(field("sign-name")),
    templates: readRows(),
    strict: field("strict").checked,
    endpoint: typed(field("endpoint")),
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
  if (event.target.matches("#add-row")) {
    addRow().querySelector("input").focus();
  } else if (event.target.matches(".remove")) {
    event.target.closest(".row-and-notes").remove();
    field("add-row").focus();
  } else {
    return;
  }
  form.dispatchEvent(new Event("rows"));
}

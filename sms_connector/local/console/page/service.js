// The switch between the account's own sign and templates, and those that the number verification
// service gives. What was typed for one is kept while the other is chosen.

import { offerCodes, readRows, setCodes } from "./rows.js";
import { put } from "./shared/texts.js";

const FIRST_GIVEN = "100001";
const GIVEN_FOR = {
  ForgotPassword: "100003",
  BindNewIdentifier: "100002",
  UserPermissionValidation: "100005",
};

const signName = document.getElementById("sign-name");
const switches = { own: document.getElementById("own"), given: document.getElementById("given") };
let shown = "own";
let kept = {};

// Chooses the service of the templates in the form.
export function openService() {
  kept = {};
  show(readRows().some(({ code }) => /^\d+$/.test(code)) ? "given" : "own");
  for (const [service, input] of Object.entries(switches)) {
    // On the switch itself, so that it runs before the listeners of the form.
    input.addEventListener("input", () => change(service));
  }
}

function change(service) {
  const codes = Object.fromEntries(readRows().map(({ usageType, code }) => [usageType, code]));
  kept[shown] = { sign: signName.value, codes };
  const { sign, codes: typed } = kept[service] ?? { sign: "", codes: {} };
  signName.value = sign;
  setCodes((usageType) => typed[usageType] ?? first(service, usageType));
  show(service);
}

function first(service, usageType) {
  return service === "given" ? (GIVEN_FOR[usageType] ?? FIRST_GIVEN) : "";
}

function show(service) {
  const given = service === "given";
  shown = service;
  switches[service].checked = true;
  for (const id of ["given-templates", "given-hint"]) document.getElementById(id).hidden = !given;
  put(document.getElementById("sign-name-hint"), given ? "givenSignHint" : "signNameHint");
  put(document.getElementById("templates-hint"), given ? "givenTemplatesHint" : "templatesHint");
  if (given) offerCodes("given-codes", FIRST_GIVEN);
  else offerCodes("", "SMS_…");
}

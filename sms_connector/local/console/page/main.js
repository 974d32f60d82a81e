// Starts the page.

import { Gone, Refused, get, takeToken } from "./api.js";
import { openChecking } from "./checking.js";
import { openCopying, showExport } from "./copying.js";
import { openForm, readForm } from "./form.js";
import { linkToEmulator, openHeader } from "./header.js";
import { openLookup } from "./lookup.js";
import { openPhone } from "./phone.js";
import { openPreview } from "./preview.js";
import {
  offerUsageTypes,
  openRecipient,
  readMessage,
  showDestination,
  showPhoneNote,
} from "./recipient.js";
import { openSaving } from "./saving.js";
import { loadTexts, offerLanguages, preferredLanguage, put, quote } from "./shared/texts.js";
import { openTabs } from "./tabs.js";
import { openTraffic } from "./traffic.js";
import { openTrying } from "./trying.js";
import { openValidation, validate } from "./validation.js";
import { openVerify } from "./verify.js";

const notice = document.getElementById("notice");
let ownEmulator = null;

takeToken();
await loadTexts(preferredLanguage());
offerLanguages(document.getElementById("languages"));
openHeader();
try {
  await start();
} catch (error) {
  showError(error);
}

async function start() {
  const settings = await get("settings");
  const { file, emulator } = settings;
  ownEmulator = emulator;
  if (!file.readable) showNotice("unreadable", file);
  openForm(settings);
  openValidation({ fromFile: file.exists && file.readable, message: readMessage, validated });
  openSaving(settings);
  openChecking(emulator ? "checkEmulator" : "check");
  openPreview();
  if (emulator) openPhone();
  openRecipient(() => validate().catch(showError));
  openTrying();
  openVerify();
  openTraffic();
  openLookup();
  openTabs();
  openCopying();
  offerUsageTypes(readForm().templates);
  for (const id of ["panels", "bar"]) document.getElementById(id).hidden = false;
  await validate();
}

function validated(answer) {
  const { templates, endpoint } = readForm();
  offerUsageTypes(templates);
  showPhoneNote(answer.phone);
  showExport(answer);
  showDestination(answer.real, ownEmulator);
  linkToEmulator(answer.real ? "" : (ownEmulator ?? endpoint));
}

function showError(error) {
  if (error instanceof Gone) showNotice("gone");
  else if (error instanceof Refused && error.status === 401) showNotice("noToken");
  else if (error instanceof Refused) quoteNotice(error.message);
  else throw error;
}

function showNotice(name, values) {
  put(notice, name, values);
  notice.hidden = false;
}

function quoteNotice(message) {
  quote(notice, message);
  notice.hidden = false;
}

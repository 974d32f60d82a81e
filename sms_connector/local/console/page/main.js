// Starts the page.

import { Gone, Refused, takeToken } from "./api.js";
import { openExport, showExport } from "./export.js";
import { openPhone } from "./phone.js";
import { offerUsageTypes, openRecipient, readMessage, showPhoneNote } from "./recipient.js";
import { labelCheck, openSettings, readForm, validate } from "./settings.js";
import { loadTexts, offerLanguages, preferredLanguage, put, quote } from "./shared/texts.js";
import { openTabs } from "./tabs.js";
import { openTest } from "./test_message.js";
import { openTraffic } from "./traffic.js";
import { openVerify } from "./verify.js";

const notice = document.getElementById("notice");
let ownEmulator = null;

takeToken();
await loadTexts(preferredLanguage());
offerLanguages(document.getElementById("languages"));
try {
  await start();
} catch (error) {
  showError(error);
}

async function start() {
  const settings = await openSettings({ message: readMessage, validated });
  put(document.getElementById("file"), settings.file.exists ? "file" : "noFile", settings.file);
  if (!settings.file.readable) showNotice("unreadable", settings.file);
  ownEmulator = settings.emulator;
  labelCheck(ownEmulator ? "checkEmulator" : "check");
  if (ownEmulator) openPhone();
  openRecipient(() => validate().catch(showError));
  openTest();
  openVerify();
  openTraffic();
  openTabs();
  openExport();
  document.getElementById("panels").hidden = false;
  offerUsageTypes(readForm().templates);
  await validate();
}

function validated(answer) {
  offerUsageTypes(readForm().templates);
  showPhoneNote(answer.phone);
  showExport(answer);
  const destination = document.getElementById("destination");
  destination.classList.toggle("real", answer.real);
  if (answer.real) put(destination, "toProvider");
  else put(destination, ownEmulator ? "toOwnEmulator" : "toEmulator");
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

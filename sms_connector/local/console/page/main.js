// Starts the page.

import { Gone, Refused, takeToken } from "./access.js";
import { openPhone } from "./phone.js";
import { openSettings, readForm, validate } from "./settings.js";
import { loadTexts, offerLanguages, preferredLanguage, put, quote } from "./shared/texts.js";
import { openTakeAlong, showTakeAlong } from "./take_along.js";
import { offerUsageTypes, openTrial, readTrial, showPhoneNote } from "./trial.js";

const notice = document.getElementById("notice");

takeToken();
await loadTexts(preferredLanguage());
offerLanguages(document.getElementById("languages"));
try {
  await start();
} catch (error) {
  tell(error);
}

async function start() {
  const settings = await openSettings({ trial: readTrial, validated });
  put(document.getElementById("file"), settings.file.exists ? "file" : "noFile", settings.file);
  if (!settings.file.readable) say("unreadable", settings.file);
  if (settings.emulator) openPhone();
  openTrial(() => validate().catch(tell));
  openTakeAlong();
  document.getElementById("panels").hidden = false;
  offerUsageTypes(readForm().templates);
  await validate();
}

function validated(answer) {
  offerUsageTypes(readForm().templates);
  showPhoneNote(answer.phone);
  showTakeAlong(answer);
  const destination = document.getElementById("destination");
  destination.classList.toggle("real", !answer.emulated);
  put(destination, answer.emulated ? "toEmulator" : "toProvider");
}

function tell(error) {
  if (error instanceof Gone) say("gone");
  else if (error instanceof Refused && error.status === 401) say("noToken");
  else if (error instanceof Refused) quoteNotice(error.message);
  else throw error;
}

function say(name, values) {
  put(notice, name, values);
  notice.hidden = false;
}

function quoteNotice(message) {
  quote(notice, message);
  notice.hidden = false;
}

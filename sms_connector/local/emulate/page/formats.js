// Phone numbers, counts, days and times in the reader's format.

import { spacedMainland } from "./shared/phones.js";

const DAY = 86_400_000; // milliseconds

export function spacedPhone({ phone, state }) {
  return spacedMainland(phone) ?? (state === "refused" ? firstOf(phone) : `+${phone}`);
}

// A refused request may name many numbers, shown as the client wrote them.
function firstOf(phones) {
  const [first, ...others] = phones.split(",");
  return others.length ? `${first} +${others.length}` : first;
}

export function timeOf(at) {
  return format(at, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

export function momentOf(at) {
  return format(at, { dateStyle: "full", timeStyle: "medium", hourCycle: "h23" });
}

// The same text for all moments of a day in the reader's time zone.
export function dayKey(at) {
  return new Date(at).toDateString();
}

export function dayOf(at) {
  const days = Math.round((startOfDay(new Date()) - startOfDay(new Date(at))) / DAY);
  const long = format(at, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  if (days !== 0 && days !== 1) return long;
  const near = new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(-days, "day");
  const [first, ...rest] = near;
  return `${first.toLocaleUpperCase(language())}${rest.join("")} · ${long}`;
}

export function count(number) {
  return number.toLocaleString(language());
}

function format(at, options) {
  return new Intl.DateTimeFormat(language(), options).format(new Date(at));
}

// The page's language with the reader's region, such as en-GB.
function language() {
  const page = document.documentElement.lang;
  return navigator.languages.find((name) => name.split("-")[0] === page.split("-")[0]) ?? page;
}

function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

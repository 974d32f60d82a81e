// The text of the template whose row had the focus last, as a phone would show it.

import { onChange, readForm } from "./form.js";
import { bubble, phoneWith } from "./phone.js";
import { rowOf } from "./rows.js";
import { element, worded } from "./shared/elements.js";
import { put } from "./shared/texts.js";

const place = document.getElementById("preview");
const title = document.getElementById("preview-title");
const FIRST = "SignIn";
const texts = new Map(); // of template codes, as the provider has them
let chosen = FIRST;

export function openPreview() {
  document.getElementById("settings").addEventListener("focusin", ({ target }) => {
    const row = rowOf(target);
    if (row) choose(row);
  });
  onChange(show);
  show();
}

// Keeps the text that a check found.
export function learnText({ subject, text }) {
  if (!text) return;
  const [, index, region] = /^templates\[(\d+)\]\.templateCode(?:\.(.+))?$/.exec(subject) ?? [];
  const row = readForm().templates[Number(index)];
  if (!row) return;
  texts.set(codesOf(row).find(([name]) => name === (region ?? "china"))?.[1], text);
  show();
}

export function forgetTexts() {
  texts.clear();
  show();
}

function choose({ usageType }) {
  chosen = usageType;
  show();
}

function show() {
  const form = readForm();
  const { templates } = form;
  const row =
    templates.find(({ usageType }) => usageType === chosen) ??
    templates.find(({ usageType }) => usageType === FIRST);
  const shown = row ? codesOf(row).filter(([, code]) => texts.has(code)) : [];
  put(title, "preview", { usageType: row?.usageType ?? "" });
  if (!shown.length) {
    // No query returns the text of a given template.
    const given = /^\d+$/.test(row?.code ?? "");
    place.replaceChildren(worded("p", "empty", given ? "previewGiven" : "previewEmpty"));
    return;
  }
  const bubbles = shown.flatMap(([region, code]) => [
    bubble(`【${signAt(form, row, region)}】${texts.get(code)}`),
    element("p", "caption", code),
  ]);
  place.replaceChildren(phoneWith(signAt(form, row, shown[0][0]), bubbles));
}

// Pairs of a region and the code of a row there.
function codesOf({ code, overseas, countries }) {
  const named = countries.map((each) => [each.country, each.code]);
  return [["china", code], ["overseas", overseas], ...named].filter(([, each]) => each);
}

// The sign that a row has in a region: its own, else that of the form. One that stands alone is
// for every region, unless the code of the mainland is of the other service.
function signAt({ signName, signOverseas }, row, region) {
  if (region === "china") return row.sign || signName;
  const named = row.countries.find(({ country }) => country === region)?.sign;
  const alone = !row.signOverseas && !row.countries.some(({ sign }) => sign);
  const abroad = alone && !/^\d+$/.test(row.code) ? row.sign : row.signOverseas;
  return named || abroad || signOverseas || signName;
}

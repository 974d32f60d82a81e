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
  texts.set(region === "overseas" ? row.overseas : row.code, text);
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
  const { signName, templates } = readForm();
  const row =
    templates.find(({ usageType }) => usageType === chosen) ??
    templates.find(({ usageType }) => usageType === FIRST);
  const shown = [row?.code, row?.overseas].filter((code) => texts.has(code));
  put(title, "preview", { usageType: row?.usageType ?? "" });
  if (!shown.length) {
    // No query returns the text of a given template.
    const given = /^\d+$/.test(row?.code ?? "");
    place.replaceChildren(worded("p", "empty", given ? "previewGiven" : "previewEmpty"));
    return;
  }
  const bubbles = shown.flatMap((code) => [
    bubble(`【${signName}】${texts.get(code)}`),
    element("p", "caption", code),
  ]);
  place.replaceChildren(phoneWith(signName, bubbles));
}

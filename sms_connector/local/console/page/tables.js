// Tables: the first cell of a row names it.

import { element, worded } from "./shared/elements.js";

// `titles` are those of the columns; one of bars has none, since it repeats the numbers.
export function table(titles, rows) {
  const made = element("table");
  const head = made.createTHead().insertRow();
  head.append(...titles.map((content) => (content ? cell("th", content, "col") : cell("td", ""))));
  const body = made.createTBody();
  for (const [name, ...others] of rows) {
    body.insertRow().append(cell("th", name, "row"), ...others.map((content) => cell("td", content)));
  }
  return made;
}

export function title(name, className = "") {
  return worded("span", className, name);
}

function cell(kind, content, scope) {
  const made = element(kind, content instanceof SVGElement ? "drawn" : "");
  if (scope) made.scope = scope;
  made.append(content);
  return made;
}

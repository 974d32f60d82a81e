// Tables: the first cell of a row names it.

import { line } from "./outcome.js";

// `titles` are those of the columns; one of bars has none, since it repeats the numbers.
export function table(titles, rows) {
  const element = document.createElement("table");
  const head = element.createTHead().insertRow();
  head.append(...titles.map((content) => (content ? cell("th", content, "col") : cell("td", ""))));
  const body = element.createTBody();
  for (const [name, ...others] of rows) {
    body.insertRow().append(cell("th", name, "row"), ...others.map((content) => cell("td", content)));
  }
  return element;
}

export function title(name, className = "") {
  return line("span", className, name);
}

function cell(kind, content, scope) {
  const element = document.createElement(kind);
  if (scope) element.scope = scope;
  if (content instanceof SVGElement) element.className = "drawn";
  element.append(content);
  return element;
}

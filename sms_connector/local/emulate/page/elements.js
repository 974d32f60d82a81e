// Lists of names and values, and lists that change without moving the elements that stay.

import { element, worded } from "./shared/elements.js";

// A list of names and values; a value is a text or an element, and left out if it is empty.
export function facts(pairs) {
  const list = element("dl", "facts");
  for (const [name, value] of pairs) {
    if (!value) continue;
    const line = element("div");
    const place = element("dd");
    place.append(value);
    line.append(worded("dt", "", name), place);
    list.append(line);
  }
  return list;
}

// Makes `wanted` the children of `place`. Those that stay keep their order and are not moved, so that
// they keep focus and selection.
export function arrange(place, wanted) {
  const stays = new Set(wanted);
  for (const child of [...place.children]) if (!stays.has(child)) child.remove();
  let next = place.firstElementChild;
  for (const item of wanted) {
    if (item === next) next = next.nextElementSibling;
    else place.insertBefore(item, next);
  }
}

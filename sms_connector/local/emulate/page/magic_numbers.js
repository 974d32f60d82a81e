// The numbers that make the emulator refuse, lose or report a message in a certain way.

import { magicNumbers } from "./api.js";
import { codeButton } from "./clipboard.js";
import { element, said, worded } from "./shared/elements.js";

const GROUPS = {
  refused: "group.refused",
  lost: "group.lost",
  undelivered: "group.undelivered",
  reports: "group.reports",
};

let known; // they never change

export async function magicNumberElements() {
  known ??= await magicNumbers();
  const made = [worded("h2", "", "magicNumbers"), worded("p", "quiet", "magicNumbersHint")];
  for (const [group, name] of Object.entries(GROUPS)) {
    const list = element("ul", "numbers");
    list.append(...known.filter((one) => one.group === group).map(line));
    made.push(worded("h3", "", name), list);
  }
  return made;
}

// The first of each group, and of the refused ones the most common.
export async function someNumbers() {
  known ??= await magicNumbers();
  const common = ["isv.BUSINESS_LIMIT_CONTROL", "isv.SMS_SIGNATURE_ILLEGAL", "isv.AMOUNT_NOT_ENOUGH"];
  const refused = known.filter(({ code }) => common.includes(code));
  const others = ["lost", "undelivered", "reports"];
  return [...refused, ...others.map((group) => known.find((one) => one.group === group))].map(line);
}

function line({ number, code, meaning }) {
  const item = element("li");
  item.append(codeButton(number));
  const what = element("span");
  if (code) what.append(element("span", "code", code), " ");
  if (meaning) what.append(said("span", "quiet", meaning));
  item.append(what);
  return item;
}

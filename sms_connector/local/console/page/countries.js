// The countries of a template that have a code or a sign of their own.

import { identify, typed } from "./fields.js";
import { label, refresh } from "./shared/texts.js";

const template = document.getElementById("country");

export function addCountry(row, { country = "", code = "", sign = "" } = {}) {
  const line = template.content.cloneNode(true).firstElementChild;
  line.querySelector(".country-name").value = country;
  line.querySelector(".country-code").value = code;
  line.querySelector(".country-sign").value = sign;
  identify(line, row.querySelector(".notes"));
  line.addEventListener("input", () => nameCountry(line));
  row.querySelector(".countries").append(line);
  refresh(line);
  nameCountry(line);
  return line;
}

// The countries of a row. Lines with nothing in them are left out.
export function readCountries(row) {
  return [...row.querySelectorAll(".country")]
    .map((line) => ({
      country: nameIn(line),
      code: typed(line.querySelector(".country-code")),
      sign: typed(line.querySelector(".country-sign")),
    }))
    .filter(({ country, code, sign }) => country || code || sign);
}

// The field of a country that a path such as `templates[1].signName.HK` names.
export function countryField(row, key, country) {
  const line = [...row.querySelectorAll(".country")].find((each) => nameIn(each) === country);
  return line?.querySelector(key === "signName" ? ".country-sign" : ".country-code");
}

function nameIn(line) {
  return typed(line.querySelector(".country-name")).toUpperCase();
}

// For screen readers: the name of the country that a field is of.
function nameCountry(line) {
  label(line, "countryLabel", { country: nameIn(line) });
  label(line.querySelector(".remove"), "removeCountry", { country: nameIn(line) });
}

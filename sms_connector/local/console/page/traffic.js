// The tab of the traffic: figures as charts and tables.

import { get } from "./api.js";
import { bar, columns } from "./chart.js";
import { KINDS, byCountry, byRule, overTime, total } from "./figures.js";
import { failure } from "./outcome.js";
import { element, said, worded } from "./shared/elements.js";
import { text } from "./shared/texts.js";
import { table, title } from "./tables.js";

const TITLES = {
  accepted: "acceptedMessages",
  unknown: "unknownMessages",
  refused: "refusedMessages",
  limited: "limitedMessages",
};
const hours = document.getElementById("hours");
const state = document.getElementById("traffic-state");
const charts = document.getElementById("charts");
let turn = 0;
let shown = null;

export function openTraffic() {
  document.getElementById("traffic-tab").addEventListener("open", load);
  document.getElementById("refresh").addEventListener("click", load);
  hours.addEventListener("change", load);
  // Dates and names of countries are formatted, not translated: draw them again.
  const again = new MutationObserver(() => shown && draw(shown));
  again.observe(document.documentElement, { attributeFilter: ["lang"] });
}

async function load() {
  const mine = (turn += 1);
  const asked = Number(hours.value);
  state.replaceChildren(worded("p", "hint", "loading"));
  try {
    const answer = await get(`traffic?hours=${asked}`);
    if (mine !== turn) return;
    shown = answer.error ? null : answer;
    charts.replaceChildren();
    if (answer.error) state.replaceChildren(said("p", "mark bad", answer.error.message));
    else draw(shown);
  } catch (error) {
    if (mine !== turn) return;
    shown = null;
    charts.replaceChildren();
    state.replaceChildren(failure(error));
  }
}

function draw(stats) {
  const { rows, source } = stats;
  state.replaceChildren(worded("p", "hint", source === "store" ? "fromStore" : "fromConsole"));
  if (!rows.length) {
    state.append(worded("p", "empty", "noTraffic"));
    charts.replaceChildren();
    return;
  }
  charts.replaceChildren(
    part("overTime", "time-chart", timeChart(overTime(stats), stats.unit)),
    part("byCountry", "country-chart", [barTable("country", byCountry(rows), countryName)]),
    part("shares", "share-chart", [shareTable(rows), worded("p", "hint", "sharesHint")]),
    part("refusals", "refusal-chart", refusals(byRule(rows))),
  );
}

function part(name, id, content) {
  const section = element("section", "panel");
  section.id = id;
  const heading = worded("h2", "", name);
  heading.id = `${id}-title`;
  section.append(heading, ...content);
  for (const named of section.querySelectorAll("table, [role=region]")) {
    named.setAttribute("aria-labelledby", heading.id);
  }
  return section;
}

function timeChart(spans, unit) {
  const { chart, most } = columns(spans.map(([, counts]) => KINDS.map((kind) => [kind, counts[kind]])));
  const titles = [title("time"), ...KINDS.map((kind) => title(TITLES[kind], `swatch ${kind}`))];
  const rows = spans
    .filter(([, counts]) => KINDS.some((kind) => counts[kind]))
    .map(([start, counts]) => [shownTime(start, unit), ...KINDS.map((kind) => counts[kind])]);
  const scrolled = element("div", "scrolled");
  scrolled.tabIndex = 0;
  scrolled.setAttribute("role", "region");
  scrolled.append(table(titles, rows));
  const ends = [spans[0], spans.at(-1)].map(([start]) => shownTime(start, unit));
  return [axis(most), chart, axis(...ends), scrolled];
}

// Hidden from screen readers, like the chart: the table has the same numbers.
function axis(...values) {
  const labels = element("p", "axis hint");
  labels.setAttribute("aria-hidden", "true");
  labels.append(...values.map((value) => element("span", "", value)));
  return labels;
}

function barTable(name, pairs, nameOf) {
  const most = Math.max(...pairs.map(([, count]) => count));
  const rows = pairs.map(([key, count]) => [nameOf(key), count, bar(count / most)]);
  return table([title(name), title("messages"), ""], rows);
}

function shareTable(rows) {
  const delivered = total(rows, "delivered");
  const pairs = [
    ["deliveryShare", delivered, delivered + total(rows, "failed")],
    ["conversionShare", total(rows, "approved"), total(rows, "accepted")],
  ];
  const backups = total(rows, "backup");
  if (backups) pairs.push(["backupShare", backups, total(rows, "accepted")]);
  const cells = pairs.map(([name, count, all]) => {
    // What is approved now may have been accepted before the period.
    const share = all ? Math.min(count / all, 1) : 0;
    const percent = all ? new Intl.NumberFormat(language(), { style: "percent" }).format(share) : "–";
    return [title(name), percent, count, all, bar(share)];
  });
  return table([...["share", "percent", "messages", "outOf"].map((name) => title(name)), ""], cells);
}

function refusals(pairs) {
  return [pairs.length ? barTable("rule", pairs, breakable) : worded("p", "hint", "noRefusals")];
}

// An error code may wrap after each of its words, not inside one.
function breakable(name) {
  const made = element("span");
  made.append(...name.split(/(?<=[_.])/).flatMap((word) => [word, element("wbr")]));
  return made;
}

function language() {
  return document.documentElement.lang;
}

// Hours as they are here; days as they are added up, in UTC.
function shownTime(start, unit) {
  const date = { month: "numeric", day: "numeric" };
  const more = unit === "day" ? { timeZone: "UTC" } : { hour: "2-digit", minute: "2-digit", hour12: false };
  return new Intl.DateTimeFormat(language(), { ...date, ...more }).format(start);
}

function countryName(code) {
  if (code === "ZZ") return text("unknownCountry");
  if (code === "*") return text("otherCountries");
  return `${new Intl.DisplayNames(language(), { type: "region" }).of(code)} (${code})`;
}

// Sums of the figures: rows of hour, country, usage type, outcome and count.

const HOUR = 3_600_000;

// The first outcome of a message, in drawing order. Later ones, such as `delivered`, are not drawn.
export const KINDS = ["accepted", "unknown", "refused", "limited"];

// Pairs of the start of each hour or day (of UTC) and its counts, also where these are 0.
export function overTime({ from, to, unit, rows }) {
  const length = unit === "day" ? 24 * HOUR : HOUR;
  const spans = new Map();
  for (let at = Math.floor(Date.parse(from) / length) * length; at <= Date.parse(to); at += length) {
    spans.set(at, Object.fromEntries(KINDS.map((kind) => [kind, 0])));
  }
  for (const { hour, outcome, count } of rows) {
    const kind = kindOf(outcome);
    if (KINDS.includes(kind)) spans.get(Date.parse(hour))[kind] += count;
  }
  return [...spans];
}

// Pairs of a name and its count, the largest first.
export function byCountry(rows) {
  return sums(rows.filter(({ outcome }) => KINDS.includes(kindOf(outcome))), ({ country }) => country);
}

// Refusals by rule of `limits`, or by error code: pairs of a name and its count.
export function byRule(rows) {
  const refused = rows.filter(({ outcome }) => ["refused", "limited"].includes(kindOf(outcome)));
  return sums(refused, ({ outcome }) =>
    outcome.replace(/^limited:/, "limits.").replace(/^refused:/, ""));
}

export function total(rows, ...outcomes) {
  const counted = rows.filter(({ outcome }) => outcomes.includes(outcome));
  return counted.reduce((all, { count }) => all + count, 0);
}

function kindOf(outcome) {
  return outcome.split(":")[0];
}

function sums(rows, nameOf) {
  const found = new Map();
  for (const row of rows) found.set(nameOf(row), (found.get(nameOf(row)) ?? 0) + row.count);
  return [...found].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}

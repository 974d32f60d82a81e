// Sums of the figures: rows of hour, country, usage type, outcome and count.

// The first outcome of a message, in drawing order. Later ones, such as `delivered`, are not drawn.
export const KINDS = ["accepted", "unknown", "refused", "limited"];

// Pairs of the start of each span of time and its counts, also where these are 0.
export function overTime({ from, to, rows }, hours) {
  const spans = new Map();
  const spanOfHour = new Map();
  let latest;
  for (let at = Date.parse(from); at <= Date.parse(to); at += 3_600_000) {
    const name = spanName(new Date(at), hours);
    if (name !== latest?.name) {
      latest = { name, start: new Date(at), counts: Object.fromEntries(KINDS.map((kind) => [kind, 0])) };
      spans.set(latest.start, latest.counts);
    }
    spanOfHour.set(at, latest.counts);
  }
  for (const { hour, outcome, count } of rows) {
    const kind = kindOf(outcome);
    if (KINDS.includes(kind)) spanOfHour.get(Date.parse(hour))[kind] += count;
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

// Local hours for a day, quarters of a day for a week, days for a longer period.
function spanName(at, hours) {
  if (hours <= 24) return at.getTime();
  const day = at.toDateString();
  return hours <= 168 ? `${day} ${Math.floor(at.getHours() / 6)}` : day;
}

function sums(rows, nameOf) {
  const found = new Map();
  for (const row of rows) found.set(nameOf(row), (found.get(nameOf(row)) ?? 0) + row.count);
  return [...found].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}

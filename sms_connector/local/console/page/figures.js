// Sums of the figures: rows of hour, country, usage type, outcome and count.

// What happens to a message first, in the order of drawing; `delivered` and others come after it.
export const KINDS = ["accepted", "unknown", "refused", "limited"];

// The figures of each span of time, the empty ones too, as pairs of its start and its counts.
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

// A rule of `limits`, or the code of an error for what was refused otherwise.
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

// Of one day each hour, of a week each quarter of a day, of more each day: local time.
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

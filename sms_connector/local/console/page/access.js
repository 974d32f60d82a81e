// The way to the console: every request carries the token from the address.

const KEPT = "token";

// Takes the token out of the address bar, where a screenshot or the history would show it. It
// stays with this tab, so that a reload works.
export function takeToken() {
  const address = new URL(location.href);
  const token = address.searchParams.get("token");
  if (!token) return;
  sessionStorage.setItem(KEPT, token);
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
}

// An answer that is no success. `problems` are there if it was for the settings.
export class Refused extends Error {
  constructor(status, { message, problems }) {
    super(message);
    this.status = status;
    this.problems = problems ?? [];
  }
}

// The console does not answer at all: its terminal was closed, most likely.
export class Gone extends Error {}

export async function get(path) {
  return (await request(path, {})).json();
}

export async function post(path, body) {
  return (await send(path, body)).json();
}

// Gives the objects of an answer one by one, as they come in.
export async function* postForLines(path, body) {
  const answer = await send(path, body);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

function send(path, body) {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function request(path, options) {
  const headers = { ...options.headers, "X-Console-Token": sessionStorage.getItem(KEPT) ?? "" };
  let answer;
  try {
    answer = await fetch(`api/${path}`, { ...options, headers });
  } catch {
    throw new Gone();
  }
  if (!answer.ok) throw new Refused(answer.status, await answer.json());
  return answer;
}

// Requests to the console's API. Each has the token from the address.

const KEPT = "token";

// Removes the token from the address bar, where a screenshot or the history would show it. The
// tab keeps it, so that a reload works.
export function takeToken() {
  const address = new URL(location.href);
  const token = address.searchParams.get("token");
  if (!token) return;
  sessionStorage.setItem(KEPT, token);
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
}

// The console refused a request. `problems` lists what is invalid in the settings.
export class Refused extends Error {
  constructor(status, { message, problems }) {
    super(message);
    this.status = status;
    this.problems = problems ?? [];
  }
}

// The console does not respond: most likely its terminal was closed.
export class Gone extends Error {}

export async function get(path) {
  return (await request(path, {})).json();
}

export async function post(path, body) {
  return (await send(path, body)).json();
}

// Yields the objects of a response one by one, as they arrive.
export async function* postForLines(path, body) {
  const response = await send(path, body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
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
  let response;
  try {
    response = await fetch(`api/${path}`, { ...options, headers });
  } catch {
    throw new Gone();
  }
  if (!response.ok) throw new Refused(response.status, await response.json());
  return response;
}

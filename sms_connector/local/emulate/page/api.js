// Requests to the emulator, about its inbox.

// The emulator does not respond.
export class Gone extends Error {}

export function listing({ search, show, limit }) {
  return get(`entries?${new URLSearchParams({ search, show, limit })}`);
}

// Returns undefined for an entry that is not in the inbox any more.
export function details(id) {
  return get(`entries/${id}`);
}

export function exampleRequest() {
  return get("example-request");
}

export function magicNumbers() {
  return get("magic-numbers");
}

export function markRead(id) {
  return request(`inbox/entries/${id}/read`, "POST");
}

export function markAllRead() {
  return request("inbox/read", "POST");
}

export function clearInbox() {
  return request("inbox", "DELETE");
}

export function undoClear() {
  return request("inbox/undo", "POST");
}

async function get(path) {
  const response = await request(`inbox/${path}`, "GET");
  if (response.status === 404) return undefined;
  try {
    return await response.json();
  } catch {
    throw new Gone();
  }
}

async function request(path, method) {
  try {
    return await fetch(path, { method });
  } catch {
    throw new Gone();
  }
}

// Starts the page, and shows what matches the search and the filter.

import { Gone, clearInbox, listing, markAllRead, undoClear } from "./api.js";
import { showEmpty } from "./empty.js";
import { count } from "./formats.js";
import { listenToKeys } from "./keys.js";
import { showRows } from "./list.js";
import { follow } from "./live.js";
import { showPane, watchAddress } from "./pane.js";
import { loadTexts, offerLanguages, preferredLanguage, put, text } from "./shared/texts.js";

const PAGE = 200; // rows shown at first, and added by each click

const search = document.getElementById("search");
const filters = [...document.querySelectorAll("[data-show]")];
const more = document.getElementById("more");
const undo = document.getElementById("undo");
const status = document.getElementById("status");
const gone = document.getElementById("gone");

let show = "all";
let limit = PAGE;
let newest; // the highest id that was listed
let asking = false;
let askAgain = false;

await loadTexts(preferredLanguage());
search.placeholder = text("search");
offerLanguages(document.getElementById("languages"));
watchAddress();
listenToKeys();
search.addEventListener("input", () => ask({ from: "start" }));
for (const button of filters) button.addEventListener("click", () => choose(button.dataset.show));
more.addEventListener("click", () => {
  limit += PAGE;
  ask();
});
on("read-all", markAllRead, "allRead");
on("clear", clearInbox, "cleared");
on("undo", undoClear, "undone");
new MutationObserver(changeLanguage).observe(document.documentElement, { attributeFilter: ["lang"] });
follow(ask, () => {
  gone.hidden = false;
});

// One request at a time. A change that comes meanwhile causes one more request after it.
async function ask({ from } = {}) {
  if (from === "start") limit = PAGE;
  askAgain = asking;
  if (asking) return;
  asking = true;
  try {
    const found = await listing({ search: search.value, show, limit });
    gone.hidden = true;
    showListing(found);
    await showPane();
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    gone.hidden = false;
  } finally {
    asking = false;
  }
  if (askAgain) await ask();
}

function showListing({ rows, counts, unread, emptied }) {
  announce(rows);
  showRows(rows);
  for (const button of filters) {
    button.querySelector(".count").textContent = count(counts[button.dataset.show]);
  }
  const isEmpty = !counts.all && !search.value.trim();
  document.getElementById("none-found").hidden = isEmpty || rows.length > 0;
  more.hidden = rows.length >= counts[show];
  put(more, "more", { shown: count(rows.length), total: count(counts[show]) });
  undo.hidden = !emptied;
  put(undo, "undo", { total: count(emptied) });
  document.getElementById("read-all").hidden = !unread;
  document.getElementById("clear").hidden = isEmpty;
  document.title = unread ? `(${count(unread)}) ${text("title")}` : text("title");
  showEmpty(isEmpty);
}

// Announces to screen readers how many entries have arrived since the last listing.
function announce(rows) {
  const arrived = rows.filter(({ id }) => id > newest).length;
  if (arrived) put(status, "arrived", { total: arrived });
  newest = Math.max(newest ?? 0, ...rows.map(({ id }) => id));
}

function choose(chosen) {
  show = chosen;
  for (const button of filters) {
    button.setAttribute("aria-pressed", String(button.dataset.show === show));
  }
  ask({ from: "start" });
}

function on(id, act, done) {
  const button = document.getElementById(id);
  button.addEventListener("click", async () => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      gone.hidden = false;
      return;
    }
    put(status, done);
    await ask();
    // The focus would be lost with a button that is hidden now.
    if (button.hidden) (undo.hidden ? search : undo).focus();
  });
}

function changeLanguage() {
  search.placeholder = text("search");
  ask().then(() => showPane({ anew: true }));
}

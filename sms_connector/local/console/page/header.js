// The links of the header.

const docs = document.getElementById("docs-link");
const inbox = document.getElementById("inbox-link");
const magic = document.getElementById("magic-link");
const MAGIC_IN_DOCS = magic.getAttribute("href");

// Links to the documentation in the language of the page.
export function openHeader() {
  linkToDocs();
  const again = new MutationObserver(linkToDocs);
  again.observe(document.documentElement, { attributeFilter: ["lang"] });
}

// Links to the inbox of the emulator at this endpoint, and to the magic numbers there; without an
// endpoint, to those in the documentation.
export function linkToEmulator(endpoint) {
  const address = endpoint && new URL(/^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`);
  inbox.hidden = !address;
  if (address) inbox.href = address;
  magic.href = address ? new URL("#magic-numbers", address) : MAGIC_IN_DOCS;
}

function linkToDocs() {
  docs.href = document.documentElement.lang === "zh-CN" ? "docs/README.zh-CN.md" : "README.md";
}

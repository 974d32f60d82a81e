// The links of the header.

const docs = document.getElementById("docs-link");
const inbox = document.getElementById("inbox-link");
const magic = document.getElementById("magic-link");
const MAGIC_IN_DOCS = magic.getAttribute("href");

// The documentation is in the language of the page.
export function openHeader() {
  leadToDocs();
  const again = new MutationObserver(leadToDocs);
  again.observe(document.documentElement, { attributeFilter: ["lang"] });
}

// Leads to the inbox of the emulator at this endpoint, which lists the magic numbers too. With "",
// there is none.
export function leadToEmulator(endpoint) {
  const address = endpoint && new URL(/^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`);
  inbox.hidden = !address;
  if (address) inbox.href = address;
  magic.href = address ? new URL("#magic-numbers", address) : MAGIC_IN_DOCS;
}

function leadToDocs() {
  docs.href = document.documentElement.lang === "zh-CN" ? "README.zh-CN.md" : "README.md";
}

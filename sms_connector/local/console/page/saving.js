// Saves the form, and asks before the page is left with changes that are not saved.

import { post } from "./api.js";
import { emptySecret, onChange, readForm } from "./form.js";
import { put } from "./shared/texts.js";
import { showError, showState } from "./state.js";
import { isValid } from "./validation.js";

const bar = document.getElementById("bar");
let file = {};
let secretKept = false;
let inFile = "";

export function openSaving(settings) {
  file = settings.file;
  secretKept = settings.secretKept;
  inFile = written();
  showFile(file.exists);
  document.getElementById("settings").addEventListener("submit", save);
  onChange(() => {
    const unsaved = isUnsaved();
    bar.classList.toggle("unsaved", unsaved);
    showState("", unsaved ? "unsaved" : "unchanged");
  });
  document.addEventListener("open", () => bar.classList.remove("saved"));
  addEventListener("beforeunload", (event) => {
    if (isUnsaved()) event.preventDefault();
  });
}

async function save(event) {
  event.preventDefault();
  try {
    if (!(await isValid())) return;
    const saved = readForm();
    await post("save", saved);
    secretKept ||= Boolean(saved.accessKeySecret);
    emptySecret(secretKept);
    inFile = written();
    bar.classList.replace("unsaved", "saved");
    showFile(true);
    showState("good mark", "saved");
  } catch (error) {
    showError(error);
  }
}

function isUnsaved() {
  return written() !== inFile;
}

function written() {
  return JSON.stringify(readForm());
}

function showFile(exists) {
  const line = document.getElementById("file");
  line.title = file.path;
  put(line, exists ? "file" : "noFile", { path: file.path });
}

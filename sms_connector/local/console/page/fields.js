// The inputs of a row that was copied from a template.

let made = 0;

export function typed(input) {
  return input.value.trim();
}

// Gives each input of a row an id, its label, and the notes of the row as its description.
export function identify(row, notes = row.querySelector(".notes")) {
  notes.id ||= `notes-${++made}`;
  for (const input of row.querySelectorAll("input")) {
    input.id = `field-${++made}`;
    input.setAttribute("aria-describedby", notes.id);
    input.previousElementSibling.htmlFor = input.id;
  }
}

// The delivery state of the latest message of a tab, and the message on the emulator's phone.

import { Gone, Refused, get } from "./api.js";
import { facts } from "./outcome.js";
import { showMessage } from "./phone.js";
import { said, worded } from "./shared/elements.js";
import { clear } from "./shared/texts.js";

const PAUSE = 1000; // milliseconds between two queries of the delivery state
const PATIENCE = 60_000; // milliseconds until a message counts as late
const MARKS = { delivered: "good", failed: "bad", waiting: "wait", unknown: "wait" };

export class Delivery {
  #place;
  #turn = 0;

  constructor(place) {
    this.#place = place;
  }

  // Stops following a message, and shows nothing.
  clear() {
    this.#turn += 1;
    clear(this.#place);
  }

  // Queries the delivery state until it is final, the message is late, or another one is sent.
  async follow(name) {
    const turn = (this.#turn += 1);
    const deadline = Date.now() + PATIENCE;
    try {
      for (;;) {
        const answer = await get(`sent/${name}`);
        if (turn !== this.#turn) return;
        this.#show(answer.delivery);
        if (answer.screen) showMessage(answer.screen);
        if (answer.delivery.final) return;
        if (Date.now() > deadline) break;
        await new Promise((done) => setTimeout(done, PAUSE));
      }
      this.#place.replaceChildren(worded("p", "mark wait", "late"));
    } catch (error) {
      if (!(error instanceof Gone) && !(error instanceof Refused)) throw error;
      this.#place.replaceChildren(worded("p", "mark bad", "gone"));
    }
  }

  #show({ state, code, message }) {
    const place = this.#place;
    // Replacing it would make a screen reader announce the same state again.
    if (place.dataset.state === state && place.firstChild) return;
    place.dataset.state = state;
    place.replaceChildren(worded("p", `mark ${MARKS[state]}`, `delivery.${state}`));
    if (message) place.append(said("p", "remedy", message));
    if (code) place.append(facts([["carrierCode", code]]));
  }
}

// @ts-check
// The call of the chosen bar, beside the lanes.

import { html, nothing } from "./lit/lit-html.js";
import { attemptsList } from "./call-parts.js";
import { link } from "./address.js";
import { failureFrom } from "./failure.js";
import { redraw } from "./redraw.js";
import { get } from "./server.js";
import { failed, loading } from "./states.js";
import { stateShape, stateTone, stateWords } from "./words.js";

/** @typedef {import("./shapes.js").WholeCall} WholeCall */

const AGAIN_MS = 300;
const FAILED_AGAIN_MS = 3_000;

export class CallPanel {
  #id = "";
  /** @type {WholeCall | null} */
  #call = null;
  /** @type {import("./failure.js").Failure | null} */
  #failure = null;
  #since = 0;
  #timer = 0;

  /** @param {string} id empty: nothing */
  show(id) {
    if (id === this.#id) return;
    clearTimeout(this.#timer);
    this.#id = id;
    this.#call = null;
    this.#failure = null;
    this.#since = performance.now();
    if (id) this.#ask();
  }

  /** @param {import("./shapes.js").Happening[]} events */
  heard(events) {
    if (!this.#id || !events.some((event) => event.id === this.#id)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), AGAIN_MS);
  }

  close() {
    clearTimeout(this.#timer);
    this.#id = "";
  }

  async #ask() {
    const id = this.#id;
    clearTimeout(this.#timer);
    try {
      const call = await get("calls/" + encodeURIComponent(id));
      if (id !== this.#id) return;
      this.#call = call;
      this.#failure = null;
    } catch (thrown) {
      if (id !== this.#id) return;
      this.#failure = failureFrom(thrown);
      if (this.#failure.passes) this.#timer = setTimeout(() => this.#ask(), Math.max(FAILED_AGAIN_MS, this.#failure.retryAfter * 1000));
    }
    redraw();
  }

  /** @param {() => void} close */
  body(close) {
    const whole = this.#call;
    return html`<div class="panel-top">
        <h2>${this.#id}</h2>
        <button class="quiet" @click=${close} aria-label="Close">✕</button>
      </div>
      ${whole
        ? html`<p><span class="state-word" data-tone=${stateTone(whole.call.state)}><span aria-hidden="true">${stateShape(whole.call.state)}</span> ${stateWords(whole.call.state)}</span>${whole.call.function ? html` · <code>${whole.call.function}</code>` : nothing}</p>
            <p>${whole.why.sentence}</p>
            ${attemptsList(whole.attempts, whole.attemptsComplete)}
            <p><a class="button" href=${link("call", this.#id)}>Open the call</a></p>`
        : this.#failure
          ? failed(this.#failure, html`the call <bdi>${this.#id}</bdi>`, () => this.#ask())
          : loading(this.#since)}`;
  }
}

// @ts-check
// What a call was given and what it gave back: text, whatever it holds.

import { html, nothing } from "./lit/lit-html.js";
import { say } from "./dialog.js";
import { failureFrom } from "./failure.js";
import { redraw } from "./redraw.js";
import { bytes } from "./server.js";
import { size } from "./words.js";

/** @typedef {import("./shapes.js").Payload} Payload */

const SHOWN_AT_MOST = 1024 * 1024;
const PRETTY_AT_MOST = 65_536;

export class PayloadView {
  /** @type {string | null} */
  #whole = null;

  /**
   * @param {string} path where its bytes are
   * @param {string} name of the file that it is saved as
   */
  constructor(path, name) {
    this.path = path;
    this.name = name;
  }

  /** @param {Payload | undefined} payload */
  body(payload) {
    const much = payload?.bytes ?? 0;
    const headers = Object.entries(payload?.headers ?? {});
    const text = this.#whole ?? payload?.text;
    const isPart = this.#whole === null && (payload?.truncated ?? false);
    return html`${headers.length
        ? html`<table class="pairs"><caption class="hidden">Headers</caption><tbody>${headers.map(([key, value]) => html`<tr><th scope="row">${key}</th><td>${value}</td></tr>`)}</tbody></table>`
        : nothing}
      ${much === 0
        ? html`<p class="hint">empty</p>`
        : much > SHOWN_AT_MOST
          ? html`<p class="hint">${size(much)} are too much to show.</p>`
          : text === undefined
            ? html`<p class="hint">${size(much)} that are no text.</p>`
            : html`<pre class="payload" tabindex="0">${pretty(text, isPart)}${isPart ? "…" : ""}</pre>`}
      ${much > 0
        ? html`<p class="buttons">
            <small>${size(much)}${isPart && much <= SHOWN_AT_MOST ? ", the beginning is shown" : ""}</small>
            ${isPart && text !== undefined && much <= SHOWN_AT_MOST ? html`<button class="quiet" @click=${this.#show}>Show all</button>` : nothing}
            <button class="quiet" @click=${this.#save}>Save</button>
          </p>`
        : nothing}`;
  }

  #show = async () => {
    try {
      this.#whole = new TextDecoder().decode(await bytes(this.path));
    } catch (thrown) {
      say(failureFrom(thrown).message);
    }
    redraw();
  };

  #save = async () => {
    try {
      const url = URL.createObjectURL(new Blob([await bytes(this.path)], { type: "application/octet-stream" }));
      const anchor = document.createElement("a");
      anchor.href = url;
      anchor.download = this.name;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (thrown) {
      say(failureFrom(thrown).message);
    }
  };
}

/**
 * @param {string} text
 * @param {boolean} isPart
 */
function pretty(text, isPart) {
  if (isPart || text.length > PRETTY_AT_MOST) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// @ts-check
// What a screen says while it has nothing to show.

import { html, nothing } from "./lit/lit-html.js";
import { tryAgain } from "./live.js";

/** @typedef {import("./failure.js").Failure} Failure */

const SHOWN_AFTER_MS = 200;

/** Nothing at first: what is quick is not announced. */
export function loading(/** @type {number} */ since, what = "Loading") {
  return performance.now() - since < SHOWN_AFTER_MS
    ? html`<div class="state" aria-busy="true"></div>`
    : html`<div class="state" role="status" aria-busy="true"><span class="spinner" aria-hidden="true"></span><p>${what}…</p></div>`;
}

/**
 * @param {string} title
 * @param {unknown} [more]
 */
export function empty(title, more = nothing) {
  return html`<div class="state"><h1>${title}</h1>${more}</div>`;
}

/**
 * @param {Failure} failure
 * @param {unknown} what that could not be shown: text, or a template in which a name that others have chosen is set apart
 * @param {(() => void) | null} [again]
 */
export function failed(failure, what, again = tryAgain) {
  const [title, text] = explain(failure, what);
  return html`<div class="state failed" role="alert" data-failure=${failure.kind}>
    <h1><span aria-hidden="true">${failure.passes ? "↻" : "⚠"}</span> ${title}</h1>
    <p>${text}</p>
    ${failure.message ? html`<p class="said">${failure.message}</p>` : nothing}
    ${again ? html`<button @click=${again}>Try again</button>` : nothing}
  </div>`;
}

/**
 * @param {Failure} failure
 * @param {unknown} what
 * @returns {[string, unknown]}
 */
function explain(failure, what) {
  switch (failure.kind) {
    case "signed-out":
      return ["Signed out", "The server wants a token that is valid."];
    case "forbidden":
      return ["Not allowed", html`Your token does not reach ${what}.`];
    case "missing":
      return ["Not found", html`The server knows nothing of ${what}.`];
    case "busy":
      return ["The server is busy", html`It cannot show ${what} at the moment. The page tries again by itself.`];
    case "unreachable":
      return ["No connection", `The server does not answer. The page tries again by itself.`];
    case "refused":
      return ["Refused", html`The server did not accept the request for ${what}.`];
    case "broken":
      return ["That went wrong", html`${what} could not be shown.`];
  }
}

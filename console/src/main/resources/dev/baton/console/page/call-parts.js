// @ts-check
// Parts of a call that more than one screen shows.

import { html, nothing } from "./lit/lit-html.js";
import { causeWords, clock, fullInstant, span } from "./words.js";

/** @typedef {import("./shapes.js").Attempt} Attempt */

/** @type {Record<string, string>} */
const ENDS = { settled: "settled", suspended: "suspended, to wait for others", halted: "halted", taken: "taken by another" };

/**
 * @param {Attempt[]} attempts the latest first
 * @param {boolean} isComplete
 */
export function attemptsList(attempts, isComplete) {
  if (attempts.length === 0) return html`<p class="hint">${isComplete ? "No worker has taken it." : "Its attempts are longer ago than the server remembers."}</p>`;
  return html`<ol class="attempts" reversed aria-label="Attempts, the latest first">
    ${attempts.map(
      (attempt) => html`<li class=${attempt.ended === "returned" ? "cut" : attempt.ended ? "" : "runs"}>
        <span class="attempt-number">×${attempt.version}</span>
        <span
          ><b class="mono">${attempt.pid ?? "unknown"}</b>
          ${attempt.from === undefined ? html`<small>sent, not taken</small>` : html`<time title=${fullInstant(attempt.from)}>${clock(attempt.from)}</time>`}
          <br />${ending(attempt)}</span
        >
      </li>`,
    )}
    ${isComplete ? nothing : html`<li class="hint">Earlier ones are forgotten.</li>`}
  </ol>`;
}

/** @param {Attempt} attempt */
function ending(attempt) {
  const begin = attempt.from ?? attempt.sentAt;
  if (!attempt.ended) return begin === undefined ? "goes on" : "goes on";
  const after = attempt.to !== undefined && begin !== undefined ? ` after ${span(attempt.to - begin)}` : "";
  if (attempt.ended === "returned") return `came back unfinished${after}: ${causeWords(attempt.cause)}`;
  return `${ENDS[attempt.ended] ?? attempt.ended}${after}`;
}

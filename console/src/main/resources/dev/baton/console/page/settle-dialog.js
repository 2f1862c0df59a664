// @ts-check
// Settles a promise by hand.

import { html, nothing } from "./lit/lit-html.js";
import { openDialog, say } from "./dialog.js";
import { encoded, valueOf } from "./encoding.js";
import { command } from "./server.js";
import { instant, stateWords } from "./words.js";

/**
 * @param {string} id
 * @param {"resolved" | "rejected"} state
 * @param {string} [question]
 * @param {() => void} [then]
 */
export function askToSettle(id, state, question = "", then = () => {}) {
  const isGood = state === "resolved";
  openDialog({
    title: html`${isGood ? "Resolve" : "Reject"} <bdi>${id}</bdi>`,
    confirm: isGood ? "Resolve" : "Reject",
    tone: isGood ? "plain" : "danger",
    body: () => html`${question ? html`<p class="question">${question}</p>` : nothing}
      <fieldset class="choice">
        <legend class="hidden">Kind of value</legend>
        <label class="inline"><input type="radio" name="kind" value="json" checked /> JSON</label>
        <label class="inline"><input type="radio" name="kind" value="text" /> Text</label>
      </fieldset>
      <label>${isGood ? "Value" : "Reason"} <textarea name="value" spellcheck="false" placeholder=${isGood ? '{"approved": true}' : '"not now"'}></textarea></label>
      <p class="hint">What waits for it goes on with this. Empty JSON is null.</p>`,
    async run(form) {
      const data = encoded(valueOf(String(form.get("value") ?? ""), form.get("kind") === "json"));
      await settle(id, state, data);
      then();
    },
  });
}

/**
 * @param {string} id
 * @param {"resolved" | "rejected" | "rejected_canceled"} state
 * @param {string} [data]
 */
export async function settle(id, state, data) {
  const { promise } = await command("promise.settle", { id, state, value: data === undefined ? {} : { data } });
  const isOurs = promise.state === state && promise.value?.data === data;
  say(isOurs ? html`<bdi>${id}</bdi> is ${stateWords(state)}.` : html`Somebody was first: <bdi>${id}</bdi> was already ${stateWords(promise.state)} at ${instant(promise.settledAt)}.`);
  return isOurs;
}

/**
 * @param {string} id
 * @param {() => void} then
 */
export function askToCancel(id, then) {
  openDialog({
    title: html`Cancel <bdi>${id}</bdi>?`,
    confirm: "Cancel the call",
    dismiss: "Keep it",
    tone: "danger",
    body: () => html`<p>It is rejected as cancelled, for good; what waits for it sees that. A worker that runs it is refused when it is done.</p>`,
    async run() {
      await settle(id, "rejected_canceled");
      then();
    },
  });
}

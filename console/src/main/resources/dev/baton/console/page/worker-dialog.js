// @ts-check
// What can be done with a worker.

import { html, nothing } from "./lit/lit-html.js";
import { closeDialog, openDialog, say } from "./dialog.js";
import { failureFrom } from "./failure.js";
import { stateWords } from "./relay-stage.js";
import { post } from "./server.js";
import { mayWrite } from "./session.js";
import { counted, fullInstant } from "./words.js";

/** @typedef {import("./relay-model.js").Lane} Lane */

/**
 * @param {string} group
 * @param {Lane} lane
 * @param {import("./relay-model.js").RelayModel} model
 */
export function askWorker(group, lane, model) {
  const { pid } = lane;
  openDialog({
    title: pid,
    body: () => {
      const now = model.lane(pid) ?? lane;
      const held = model.heldBy(pid);
      return html`<dl class="facts">
          <div><dt>State</dt><dd>${stateWords(now)}</dd></div>
          ${now.worker?.address ? html`<div><dt>Address</dt><dd>${now.worker.address}</dd></div>` : nothing}
          ${now.worker?.connectedAt ? html`<div><dt>Connected</dt><dd>${fullInstant(now.worker.connectedAt)}</dd></div>` : nothing}
          <div><dt>Slots</dt><dd>${now.worker ? `${now.worker.load} of ${now.worker.slots ?? "no limit"}` : "–"}</dd></div>
          <div><dt>Holds</dt><dd>${held.length ? held.slice(0, 8).map((bar) => html`<code>${bar.id}</code> `) : "nothing"}${held.length > 8 ? `and ${held.length - 8} more` : nothing}</dd></div>
        </dl>
        ${mayWrite()
          ? html`<div class="buttons">
              ${now.worker?.draining
                ? html`<button type="button" @click=${() => act(group, pid, "resume", "gets work again")}>Resume</button>`
                : html`<button type="button" @click=${() => act(group, pid, "drain", "gets no new work")}>Drain</button>`}
              <button type="button" class="danger" @click=${() => declareDead(group, pid, model)}>Declare dead…</button>
            </div>`
          : html`<p class="hint">Your token may look at it, and not act.</p>`}`;
    },
  });
}

/**
 * @param {string} group
 * @param {string} pid
 * @param {"drain" | "resume" | "gone"} what
 * @param {string} then
 */
async function act(group, pid, what, then) {
  closeDialog();
  try {
    await tell(group, pid, what);
    say(html`<bdi>${pid}</bdi> ${then}.`);
  } catch (thrown) {
    say(html`<bdi>${pid}</bdi>: ${failureFrom(thrown).message}`);
  }
}

/**
 * @param {string} group
 * @param {string} pid
 * @param {import("./relay-model.js").RelayModel} model
 */
function declareDead(group, pid, model) {
  closeDialog();
  requestAnimationFrame(() =>
    openDialog({
      title: html`Is <bdi>${pid}</bdi> dead?`,
      confirm: "Declare dead",
      tone: "danger",
      body: () => {
        const held = model.heldBy(pid).length;
        return html`<p>${held ? `${counted(held, "lease")} ${held === 1 ? "ends" : "end"} now` : "It holds no lease"}, and its work goes to others.</p>
          <p class="hint">If it lives all the same, what it still sends is refused: the work is done twice, and counts once.</p>`;
      },
      async run() {
        const answer = await tell(group, pid, "gone");
        say(html`<bdi>${pid}</bdi> is declared dead; ${counted(answer?.leasesEnded ?? 0, "lease")} ended.`);
      },
    }),
  );
}

/**
 * @param {string} group
 * @param {string} pid
 * @param {string} what
 */
function tell(group, pid, what) {
  return post(`console/api/groups/${encodeURIComponent(group)}/workers/${encodeURIComponent(pid)}/${what}`);
}

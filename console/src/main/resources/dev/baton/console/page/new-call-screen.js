// @ts-check
// New call: what `invoke` does, as a form.

import { html, nothing } from "./lit/lit-html.js";
import { go, here, link } from "./address.js";
import { callFields, callOf, fieldsOf } from "./call-form.js";
import { say } from "./dialog.js";
import { failureFrom } from "./failure.js";
import { askForGroups } from "./group-names.js";
import { watchNothing } from "./live.js";
import { redraw } from "./redraw.js";
import { command, get } from "./server.js";
import { mayWrite, serverNow } from "./session.js";
import { failed, loading } from "./states.js";
import { instant } from "./words.js";

const FAILED_AGAIN_MS = 3_000;

/** @returns {import("./screens.js").Screen} */
export function newCall() {
  const from = here().query.get("from") ?? "";
  const since = performance.now();
  const id = from ? another(from) : "call-" + Math.random().toString(36).slice(2, 8);
  /** @type {Partial<import("./call-form.js").CallFields> | null} */
  let fields = from ? null : {};
  /** @type {import("./failure.js").Failure | null} */
  let failure = null;
  let fault = "";
  let isBusy = false;
  let isClosed = false;
  let again = 0;

  watchNothing();
  askForGroups();
  if (from) load();

  async function load() {
    clearTimeout(again);
    try {
      fields = fieldsOf(await get("calls/" + encodeURIComponent(from)));
      failure = null;
    } catch (thrown) {
      failure = failureFrom(thrown);
      if (failure.passes && !isClosed) again = setTimeout(load, Math.max(FAILED_AGAIN_MS, failure.retryAfter * 1000));
    }
    redraw();
  }

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    if (isBusy) return;
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    isBusy = true;
    fault = "";
    redraw();
    try {
      const { param, target, timeoutMs } = callOf(form);
      const wanted = String(form.get("id") ?? "").trim();
      const begun = serverNow();
      const { promise } = await command("promise.create", {
        id: wanted,
        timeoutAt: Math.round(begun + timeoutMs),
        param,
        tags: { "resonate:target": target },
      });
      say(html`<bdi>${wanted}</bdi> ${promise.createdAt < begun - 10_000 ? `has been there since ${instant(promise.createdAt)}: nothing new was called` : "is called"}.`);
      go(link("call", wanted));
    } catch (thrown) {
      fault = failureFrom(thrown).message;
    }
    isBusy = false;
    redraw();
  }

  function body() {
    if (!mayWrite()) return html`<div class="state"><h1>New call</h1><p>Your token may look at calls, and not make any.</p></div>`;
    if (fields === null) return failure ? failed(failure, html`the call <bdi>${from}</bdi>`, load) : loading(since);
    return html`<div class="screen">
      <h1>${from ? html`Call <bdi>${from}</bdi> again` : "New call"}</h1>
      <form class="form card" @submit=${submit}>
        <label>Id <input name="id" required .value=${id} autocomplete="off" spellcheck="false" /></label>
        <p class="hint">The id makes the call durable: the same id again is the same call, and its work is done once.</p>
        ${callFields(fields)}
        ${fault ? html`<p class="fault" role="alert">${fault}</p>` : nothing}
        <p class="buttons"><button class="primary" ?disabled=${isBusy}>Call</button></p>
      </form>
    </div>`;
  }

  return {
    title: () => "New call",
    body,
    close() {
      isClosed = true;
      clearTimeout(again);
    },
  };
}

/**
 * order-7 becomes order-7-2, and that order-7-3.
 * @param {string} id
 */
function another(id) {
  const found = /^(.*)-again-(\d+)$/.exec(id);
  return found ? `${found[1]}-again-${Number(found[2]) + 1}` : `${id}-again-1`;
}

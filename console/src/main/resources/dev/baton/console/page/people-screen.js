// @ts-check
// Waiting for people: promises that nobody settles but a person.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { link } from "./address.js";
import { CallList } from "./call-list.js";
import { watchNothing } from "./live.js";
import { redraw } from "./redraw.js";
import { mayWrite, serverNow } from "./session.js";
import { askToSettle } from "./settle-dialog.js";
import { empty, failed, loading } from "./states.js";
import { count, counted, fullInstant, roughSpan } from "./words.js";

/** @typedef {import("./shapes.js").Call} Call */

/** @returns {import("./main.js").Screen} */
export function people() {
  watchNothing();
  const list = new CallList({ state: "external", limit: "50" }, true);
  const timer = setInterval(redraw, 1000);
  let chosen = 0;

  function body() {
    const now = serverNow();
    return html`<div class="screen">
      <div class="tabs"><h1>Waiting for people</h1></div>
      ${list.fresh.size ? html`<button class="new-ones" @click=${() => list.load()}>${count(list.fresh.size)} new</button>` : nothing}
      ${list.failure && list.isKnown ? html`<p class="fault" role="status">Not up to date: ${list.failure.message || "the server does not answer"}</p>` : nothing}
      ${!list.isKnown
        ? list.failure
          ? failed(list.failure, "what waits for people", () => list.load())
          : loading(list.since)
        : list.calls.length === 0
          ? empty(
              list.cursor === undefined ? "Nothing waits for a person" : "Nothing found yet",
              html`<p>A call that needs a decision creates a promise and waits for it; it shows here until somebody resolves or rejects it. The tag <code>question</code> says what is asked.</p>`,
            )
          : html`<ul class="questions">${repeat(list.calls, (call) => call.id, question(now))}</ul>`}
      ${list.isKnown && list.cursor !== undefined ? html`<p class="buttons"><button ?disabled=${list.isBusy} @click=${() => list.more()}>More</button> <small>looked at ${count(list.lookedAt)}</small></p>` : nothing}
    </div>`;
  }

  /** @param {number} now */
  function question(now) {
    return (/** @type {Call} */ call, /** @type {number} */ i) => {
      const isOver = list.gone.has(call.id);
      return html`<li class="card ${i === chosen ? "chosen" : ""}">
        <p class="question">${call.question || "No question is given."}</p>
        <p><a href=${link("call", call.id)}>${call.id}</a></p>
        <p class="hint">
          ${call.awaitedBy?.length ? html`${call.awaitedBy.slice(0, 3).map((id) => html`<a href=${link("call", id)}>${id}</a> `)} ${call.awaitedBy.length > 1 ? "wait" : "waits"} for it. ` : "No call waits for it. "}
          Asked ${roughSpan(now - call.createdAt)} ago, <span title=${fullInstant(call.timeoutAt)}>${call.timeoutAt > now ? `until in ${roughSpan(call.timeoutAt - now)}` : "its time is over"}</span>.
        </p>
        ${isOver
          ? html`<p class="tag">settled meanwhile</p>`
          : mayWrite()
            ? html`<p class="buttons">
                <button class="primary" @click=${() => askToSettle(call.id, "resolved", call.question, () => list.load())} aria-label="Resolve ${call.id}">Resolve…</button>
                <button @click=${() => askToSettle(call.id, "rejected", call.question, () => list.load())} aria-label="Reject ${call.id}">Reject…</button>
              </p>`
            : nothing}
      </li>`;
    };
  }

  /** @param {"resolved" | "rejected"} state */
  function settleChosen(state) {
    const call = list.calls[chosen];
    if (call && mayWrite()) askToSettle(call.id, state, call.question, () => list.load());
  }

  /** @param {number} by */
  function move(by) {
    chosen = Math.min(list.calls.length - 1, Math.max(0, chosen + by));
    redraw();
    requestAnimationFrame(() => document.querySelector(".questions .chosen")?.scrollIntoView({ block: "nearest" }));
  }

  return {
    title: () => (list.calls.length ? `${counted(list.calls.length, "question")}` : "Waiting for people"),
    body,
    keys: () => [
      { keys: "j", does: "next question", run: () => move(1) },
      { keys: "k", does: "question before", run: () => move(-1) },
      { keys: "r", does: "resolve it", run: () => settleChosen("resolved") },
      { keys: "x", does: "reject it", run: () => settleChosen("rejected") },
    ],
    close() {
      list.close();
      clearInterval(timer);
    },
  };
}

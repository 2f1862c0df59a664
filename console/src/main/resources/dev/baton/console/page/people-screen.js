// @ts-check
// Waiting for people: promises that nobody settles but a person.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { link } from "./address.js";
import { CallPages } from "./call-pages.js";
import { watchNothing } from "./live.js";
import { PagesView } from "./pages-view.js";
import { redraw } from "./redraw.js";
import { mayWrite, serverNow } from "./session.js";
import { askToSettle } from "./settle-dialog.js";
import { empty, failed, loading } from "./states.js";
import { counted, fullInstant, left, roughSpan } from "./words.js";

/** @typedef {import("./shapes.js").Call} Call */

/** @returns {import("./screens.js").Screen} */
export function people() {
  watchNothing();
  const list = new CallPages({ state: "external" }, true);
  const view = new PagesView(list);
  const timer = setInterval(redraw, 1000);
  let chosen = "";

  /** The first of all unless another is chosen. */
  function chosenCall() {
    return list.calls().find((call) => call.id === chosen) ?? list.pages[0]?.calls?.[0];
  }

  function body() {
    const now = serverNow();
    view.holdOn();
    return html`<div class="screen">
      <div class="tabs"><h1>Waiting for people</h1></div>
      ${view.news()}
      ${!list.isKnown
        ? list.failure
          ? failed(list.failure, "what waits for people", () => list.load())
          : loading(list.since)
        : list.rows() === 0
          ? empty(
              list.cursor === undefined ? "Nothing waits for a person" : "Nothing found yet",
              html`<p>A call that needs a decision creates a promise and waits for it; it shows here until somebody resolves or rejects it. The tag <code>question</code> says what is asked.</p>`,
            )
          : questions(now)}
      ${view.end("question")}
    </div>`;
  }

  /** @param {number} now */
  function questions(now) {
    const first = chosenCall()?.id;
    return html`<div data-pages>
      ${space("above")}
      ${repeat(
        view.pages(),
        ({ page }) => page,
        ({ page, i }) =>
          page.calls === null
            ? html`<div data-page=${i}><p class="space" .style=${`height: ${page.height}px`}>Loading…</p></div>`
            : html`<ul class="questions" data-page=${i}>
                ${repeat(
                  page.calls,
                  (call) => call.id,
                  (call) => question(call, call.id === first, page.gone.has(call.id), now),
                )}
              </ul>`,
      )}
      ${space("below")}
    </div>`;
  }

  /** @param {"above" | "below"} where */
  function space(where) {
    const height = view.space(where);
    return height ? html`<div data-space=${where} aria-hidden="true" .style=${`height: ${height}px`}></div>` : nothing;
  }

  /**
   * @param {Call} call
   * @param {boolean} isChosen
   * @param {boolean} isOver
   * @param {number} now
   */
  function question(call, isChosen, isOver, now) {
    return html`<li class="card ${isChosen ? "chosen" : ""}">
      <p class="question">${call.question || "No question is given."}</p>
      <p><a href=${link("call", call.id)}>${call.id}</a></p>
      <p class="hint">
        ${call.awaitedBy?.length ? html`${call.awaitedBy.slice(0, 3).map((id) => html`<a href=${link("call", id)}>${id}</a> `)} ${call.awaitedBy.length > 1 ? "wait" : "waits"} for it. ` : "No call waits for it. "}
        Asked ${roughSpan(now - call.createdAt)} ago, <span title=${fullInstant(call.timeoutAt)}>${deadline(call.timeoutAt, now)}</span>.
      </p>
      ${isOver
        ? html`<p class="tag">settled meanwhile</p>`
        : mayWrite()
          ? html`<p class="buttons">
              <button class="primary" @click=${() => askToSettle(call.id, "resolved", call.question, () => list.again())} aria-label="Resolve ${call.id}">Resolve…</button>
              <button @click=${() => askToSettle(call.id, "rejected", call.question, () => list.again())} aria-label="Reject ${call.id}">Reject…</button>
            </p>`
          : nothing}
    </li>`;
  }

  /** @param {"resolved" | "rejected"} state */
  function settleChosen(state) {
    const call = chosenCall();
    if (call && mayWrite()) askToSettle(call.id, state, call.question, () => list.again());
  }

  /** @param {number} by */
  function move(by) {
    chosen = list.beside(chosenCall()?.id ?? "", by);
    redraw();
    requestAnimationFrame(() => document.querySelector(".questions .chosen")?.scrollIntoView({ block: "nearest" }));
  }

  return {
    title: () => (list.rows() ? counted(list.rows(), "question") : "Waiting for people"),
    body,
    drawn: () => view.drawn(),
    keys: () => [
      { keys: "j", does: "next question", run: () => move(1) },
      { keys: "k", does: "question before", run: () => move(-1) },
      { keys: "r", does: "resolve it", run: () => settleChosen("resolved") },
      { keys: "x", does: "reject it", run: () => settleChosen("rejected") },
    ],
    close() {
      view.close();
      clearInterval(timer);
    },
  };
}

/**
 * @param {number} at
 * @param {number} now
 */
function deadline(at, now) {
  if (at <= now) return "its time is over";
  const time = left(at, now);
  return time === null ? "without a deadline" : `open for another ${time}`;
}

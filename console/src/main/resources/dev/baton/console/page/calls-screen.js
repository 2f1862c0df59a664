// @ts-check
// Calls: what there is now, what ended lately, and all that is stored.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { go, here, link, linkWith, restate } from "./address.js";
import { CallPages } from "./call-pages.js";
import { PagesView } from "./pages-view.js";
import { openDialog } from "./dialog.js";
import { failureFrom } from "./failure.js";
import { askForGroups } from "./group-names.js";
import { watchNothing } from "./live.js";
import { redraw } from "./redraw.js";
import { command } from "./server.js";
import { mayWrite, serverNow } from "./session.js";
import { keepView, savedViews, forgetView } from "./saved-views.js";
import { empty, failed, loading } from "./states.js";
import { count, counted, fullInstant, roughSpan, span, stateShape, stateTone, stateWords } from "./words.js";

/** @typedef {import("./shapes.js").Call} Call */

const TABS = /** @type {const} */ ([
  ["now", "Now"],
  ["recent", "Recent"],
  ["history", "History"],
]);

/** @type {Record<string, string[]>} */
const STATES = {
  now: ["pending", "ready", "held", "suspended", "delayed", "halted", "external"],
  recent: ["settled", "resolved", "rejected", "rejected_canceled", "rejected_timedout"],
  history: ["pending", "held", "suspended", "halted", "settled", "resolved", "rejected", "rejected_canceled", "rejected_timedout"],
};

const MOST_SELECTED = 100;

/** @returns {import("./screens.js").Screen} */
export function calls() {
  /** @type {CallPages} */
  let list;
  /** @type {PagesView} */
  let view;
  let asked = "";
  /** @type {Set<string>} */
  let selected = new Set();
  let chosen = "";

  watchNothing();
  askForGroups();
  settings();
  const timer = setInterval(redraw, 1000);

  function tab() {
    const name = here().query.get("tab") ?? "now";
    return name in STATES ? name : "now";
  }

  /** What is asked follows from the address alone. */
  function settings() {
    const { query } = here();
    /** @type {Record<string, string>} */
    const question = {};
    const state = query.get("state");
    if (tab() === "recent") question.order = "recent";
    question.state = state ?? (tab() === "now" ? "pending" : tab() === "recent" ? "settled" : "");
    for (const name of ["group", "function", "prefix", "attempts"]) question[name] = query.get(name) ?? "";
    for (const name of Object.keys(question)) if (!question[name]) delete question[name];
    const key = JSON.stringify(question);
    if (key === asked) return;
    asked = key;
    selected = new Set();
    view?.close();
    list = new CallPages(question, tab() !== "history");
    view = new PagesView(list);
  }

  function body() {
    const rows = list.calls();
    const now = serverNow();
    view.holdOn();
    return html`<div class="screen">
      <div class="tabs">
        <h1>Calls</h1>
        <span class="choices" role="group" aria-label="Which calls">
          ${TABS.map(([name, words]) => html`<a class="button" href=${linkWith({ tab: name === "now" ? null : name, state: null })} aria-current=${tab() === name ? "true" : nothing}>${words}</a>`)}
        </span>
        ${views()}
      </div>
      ${filters()}
      ${view.news()}
      ${!list.isKnown
        ? list.failure
          ? failed(list.failure, "the calls", () => list.load())
          : loading(list.since, "Looking for calls")
        : list.rows() === 0
          ? nothingFound()
          : table(rows, now)}
      ${view.end("call")}
      ${selected.size ? selectionBar() : nothing}
    </div>`;
  }

  function nothingFound() {
    if (list.cursor !== undefined) return empty("Nothing found yet", html`<p>${count(list.lookedAt)} were looked at, and there are more.</p>`);
    const { query } = here();
    const isFiltered = ["state", "group", "function", "prefix", "attempts"].some((name) => query.get(name));
    if (isFiltered) return empty("No call is like that", html`<p><a href=${link("calls", "", { tab: tab() })}>Without filters</a></p>`);
    if (tab() === "now") return empty("Nothing goes on", html`<p><a href=${link("new")}>Call something</a>, or look at what <a href=${linkWith({ tab: "recent" })}>ended lately</a>.</p>`);
    return empty(tab() === "recent" ? "Nothing has ended since the server started" : "Nothing is stored");
  }

  function filters() {
    const { query } = here();
    /** @param {string} name */
    const set = (name) => (/** @type {Event} */ event) => restate({ [name]: /** @type {HTMLInputElement} */ (event.target).value.trim() });
    const state = query.get("state") ?? "";
    return html`<form class="filters" @submit=${(/** @type {Event} */ event) => event.preventDefault()} aria-label="Filters">
      <label
        >State
        <select @change=${set("state")} .value=${state}>
          <option value="" ?selected=${!state}>any</option>
          ${STATES[tab()].map((name) => html`<option value=${name} ?selected=${name === state}>${stateWords(name)}</option>`)}
        </select></label
      >
      <label>Group <input .value=${query.get("group") ?? ""} @change=${set("group")} spellcheck="false" /></label>
      <label>Function <input .value=${query.get("function") ?? ""} @change=${set("function")} spellcheck="false" /></label>
      <label>Id begins with <input .value=${query.get("prefix") ?? ""} @change=${set("prefix")} spellcheck="false" /></label>
      <label class="inline"
        ><input type="checkbox" .checked=${query.get("attempts") !== null} @change=${(/** @type {Event} */ event) => restate({ attempts: /** @type {HTMLInputElement} */ (event.target).checked ? 2 : null })} />
        taken twice or more</label
      >
      <button type="button" class="quiet" @click=${() => keepView()}>Save view</button>
    </form>`;
  }

  function views() {
    const saved = savedViews();
    return saved.length
      ? html`<div class="views" role="group" aria-label="Saved views">
          ${saved.map(({ name, to }) => html`<span><a href=${to}>${name}</a><button class="quiet" aria-label="Forget the view ${name}" @click=${() => forgetView(name)}>✕</button></span>`)}
        </div>`
      : nothing;
  }

  /**
   * @param {Call[]} rows
   * @param {number} now
   */
  function table(rows, now) {
    const all = rows.length > 0 && rows.slice(0, MOST_SELECTED).every((row) => selected.has(row.id));
    return html`<div class="table-scroll">
      <table class="cards calls-table" data-pages aria-rowcount=${list.cursor === undefined ? list.rows() + 1 : -1}>
        <caption class="hidden">Calls</caption>
        <thead>
          <tr>
            <td>${mayWrite() ? html`<input type="checkbox" aria-label="Select all (${MOST_SELECTED} at most)" .checked=${all} @change=${() => selectAll(rows, !all)} />` : nothing}</td>
            <th scope="col">Id</th>
            <th scope="col">Function</th>
            <th scope="col">State</th>
            <th scope="col">Group</th>
            <th scope="col">Worker</th>
            <th scope="col" class="number">Attempt</th>
            <th scope="col" class="number">Waited</th>
            <th scope="col" class="number">Ran</th>
            <th scope="col" class="number">Age</th>
          </tr>
        </thead>
        ${space("above")}
        ${repeat(
          view.pages(),
          ({ page }) => page,
          ({ page, i, at }) =>
            page.calls === null
              ? html`<tbody data-page=${i}><tr class="space" .style=${`height: ${page.height}px`}><td colspan="10">Loading…</td></tr></tbody>`
              : html`<tbody data-page=${i}>
                  ${repeat(
                    page.calls,
                    (row) => row.id,
                    (row, k) => tableRow(row, page.gone.has(row.id), at + k, now),
                  )}
                </tbody>`,
        )}
        ${space("below")}
      </table>
    </div>`;
  }

  /** @param {"above" | "below"} where */
  function space(where) {
    const height = view.space(where);
    return height ? html`<tbody data-space=${where} aria-hidden="true"><tr class="space" .style=${`height: ${height}px`}><td colspan="10"></td></tr></tbody>` : nothing;
  }

  /**
   * @param {Call} row
   * @param {boolean} isGone
   * @param {number} at its place among all that are known
   * @param {number} now
   */
  function tableRow(row, isGone, at, now) {
    const end = row.settledAt ?? now;
    return html`<tr class=${row.id === chosen ? "chosen" : ""} aria-selected=${row.id === chosen ? "true" : nothing} aria-rowindex=${at + 2}>
      <td>${mayWrite() ? html`<input type="checkbox" aria-label="Select ${row.id}" .checked=${selected.has(row.id)} @change=${() => select(row.id)} />` : nothing}</td>
      <th scope="row"><a href=${link("call", row.id)}>${row.id}</a></th>
      <td data-label="Function">${row.function ? html`<code>${row.function}</code>` : html`<span class="zero">${row.kind}</span>`}</td>
      <td data-label="State">
        <span class="state-word" data-tone=${stateTone(row.state)}><span aria-hidden="true">${stateShape(row.state)}</span> ${stateWords(row.state)}</span>
        ${isGone ? html`<span class="tag" title="A new look would not show it any more">changed since</span>` : nothing}
      </td>
      <td data-label="Group">${row.group ? html`<a href=${link("relay", row.group, { call: row.id })}>${row.group}</a>` : html`<span class="zero">–</span>`}</td>
      <td data-label="Worker">${row.pid ? html`<span class="mono">${row.pid}</span>` : html`<span class="zero">–</span>`}</td>
      <td data-label="Attempt" class="number">${row.attempt && row.attempt > 1 ? html`<span class="tag baton">×${row.attempt}</span>` : (row.attempt ?? html`<span class="zero">–</span>`)}</td>
      <td data-label="Waited" class="number">${row.kind === "call" ? span((row.takenAt ?? end) - row.createdAt) : "–"}</td>
      <td data-label="Ran" class="number">${row.takenAt === undefined ? "–" : span(end - row.takenAt)}</td>
      <td data-label="Age" class="number" title=${fullInstant(row.createdAt)}>${roughSpan(now - row.createdAt)}</td>
    </tr>`;
  }

  /** @param {string} id */
  function select(id) {
    if (selected.has(id)) selected.delete(id);
    else if (selected.size < MOST_SELECTED) selected.add(id);
    redraw();
  }

  /**
   * @param {Call[]} rows
   * @param {boolean} isOn
   */
  function selectAll(rows, isOn) {
    selected = new Set(isOn ? rows.slice(0, MOST_SELECTED).map((row) => row.id) : []);
    redraw();
  }

  function selectionBar() {
    return html`<div class="bar-below" role="region" aria-label="What to do with the selected calls">
      <b>${counted(selected.size, "call")} selected</b>
      <button class="danger" @click=${() => askForAll("Cancel", "promise.settle", (id) => ({ id, state: "rejected_canceled" }), "danger")}>Cancel…</button>
      <button @click=${() => askForAll("Halt", "task.halt", (id) => ({ id }), "plain")}>Halt…</button>
      <button @click=${() => askForAll("Continue", "task.continue", (id) => ({ id }), "plain")}>Continue…</button>
      <button class="quiet" @click=${() => selectAll([], false)}>Select none</button>
      ${selected.size === MOST_SELECTED ? html`<small>${MOST_SELECTED} at most</small>` : nothing}
    </div>`;
  }

  /**
   * @param {string} verb
   * @param {string} kind
   * @param {(id: string) => unknown} data
   * @param {"plain" | "danger"} tone
   */
  function askForAll(verb, kind, data, tone) {
    const ids = [...selected];
    openDialog({
      title: `${verb} ${counted(ids.length, "call")}?`,
      confirm: verb === "Cancel" ? "Cancel the calls" : verb,
      dismiss: verb === "Cancel" ? "Keep them" : undefined,
      tone,
      body: () => html`<p>${ids.slice(0, 10).map((id) => html`<code>${id}</code> `)}${ids.length > 10 ? `and ${ids.length - 10} more` : nothing}</p>`,
      run: () => setTimeout(() => carryOut(verb, kind, data, ids)),
    });
  }

  /**
   * One after the other, each with what became of it.
   * @param {string} verb
   * @param {string} kind
   * @param {(id: string) => unknown} data
   * @param {string[]} ids
   */
  async function carryOut(verb, kind, data, ids) {
    /** @type {{ id: string, isGood: boolean, text: string }[]} */
    const results = [];
    let isStopped = false;
    openDialog({
      title: `${verb}: what became of it`,
      body: () => html`<p role="status">${results.length} of ${ids.length} done, ${results.filter((one) => !one.isGood).length} refused.</p>
        <ul class="results">
          ${results.map(({ id, isGood, text }) => html`<li><span aria-hidden="true">${isGood ? "✓" : "✕"}</span> <code>${id}</code> <small>${text}</small></li>`)}
        </ul>`,
    });
    for (const id of ids) {
      if (isStopped) break;
      try {
        const answer = await command(kind, data(id));
        results.push({ id, isGood: true, text: answer?.promise ? stateWords(answer.promise.state) : "done" });
      } catch (thrown) {
        const failure = failureFrom(thrown);
        results.push({ id, isGood: false, text: failure.message });
        isStopped = failure.kind === "signed-out";
      }
      redraw();
    }
    selected = new Set();
    list.again();
  }

  /** @param {number} by */
  function move(by) {
    chosen = list.beside(chosen, by);
    redraw();
    requestAnimationFrame(() => document.querySelector("tr.chosen")?.scrollIntoView({ block: "nearest" }));
  }

  return {
    title: () => "Calls",
    body,
    settings,
    drawn: () => view.drawn(),
    keys: () => [
      { keys: "j", does: "next call", run: () => move(1) },
      { keys: "k", does: "call before", run: () => move(-1) },
      { keys: "Enter", does: "open it", run: () => chosen && go(link("call", chosen)) },
      { keys: "Space", does: "select it", run: () => chosen && mayWrite() && select(chosen) },
      { keys: "m", does: "more", run: () => list.more() },
      { keys: ".", does: "look again", run: view.fromTheTop },
    ],
    close() {
      view.close();
      clearInterval(timer);
    },
  };
}

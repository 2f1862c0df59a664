// @ts-check
// Schedules: what is called again and again, and when next.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { link } from "./address.js";
import { callFields, callOf } from "./call-form.js";
import { openDialog, say } from "./dialog.js";
import { failureFrom } from "./failure.js";
import { askForGroups } from "./group-names.js";
import { watchNothing } from "./live.js";
import { redraw } from "./redraw.js";
import { command, get } from "./server.js";
import { mayWrite, serverNow } from "./session.js";
import { empty, failed, loading } from "./states.js";
import { instant, roughSpan } from "./words.js";

/**
 * @typedef {object} Schedule
 * @property {string} id
 * @property {string} cron
 * @property {string} promiseId
 * @property {number} promiseTimeout
 * @property {Record<string, string>} promiseTags
 * @property {number} createdAt
 * @property {number} nextRunAt
 * @property {number} [lastRunAt]
 */

const LIMIT = 100;
const AGAIN_MS = 10_000;
const TYPED_MS = 300;

/** @returns {import("./main.js").Screen} */
export function schedules() {
  const since = performance.now();
  /** @type {Schedule[] | null} */
  let all = null;
  /** @type {string | undefined} */
  let cursor;
  /** @type {import("./failure.js").Failure | null} */
  let failure = null;
  /** @type {Map<string, number[]>} the next instants of those that were opened */
  const next = new Map();
  let again = 0;
  let isClosed = false;

  watchNothing();
  askForGroups();
  load();
  const timer = setInterval(redraw, 1000);

  async function load() {
    clearTimeout(again);
    try {
      const answer = await command("schedule.search", { limit: LIMIT });
      all = answer.schedules;
      cursor = answer.cursor;
      failure = null;
    } catch (thrown) {
      failure = failureFrom(thrown);
    }
    if (!isClosed && (!failure || failure.passes)) again = setTimeout(load, AGAIN_MS);
    redraw();
  }

  async function more() {
    try {
      const answer = await command("schedule.search", { limit: LIMIT, cursor });
      all = [...(all ?? []), ...answer.schedules];
      cursor = answer.cursor;
      clearTimeout(again);
    } catch (thrown) {
      say(failureFrom(thrown).message);
    }
    redraw();
  }

  function body() {
    const now = serverNow();
    return html`<div class="screen">
      <div class="tabs">
        <h1>Schedules</h1>
        ${mayWrite() ? html`<button class="primary" @click=${create}>New schedule…</button>` : nothing}
      </div>
      ${failure && all ? html`<p class="fault" role="status">Not up to date: ${failure.message || "the server does not answer"}</p>` : nothing}
      ${all === null
        ? failure
          ? failed(failure, "the schedules", load)
          : loading(since)
        : all.length === 0
          ? empty("No schedule", html`<p>A schedule calls a function again and again, by a cron expression.</p>`)
          : table(all, now)}
      ${cursor ? html`<p class="buttons"><button @click=${more}>More</button></p>` : nothing}
    </div>`;
  }

  /**
   * @param {Schedule[]} rows
   * @param {number} now
   */
  function table(rows, now) {
    return html`<div class="table-scroll">
      <table class="cards">
        <caption class="hidden">Schedules</caption>
        <thead>
          <tr><th scope="col">Id</th><th scope="col">Cron</th><th scope="col">Next</th><th scope="col">Last</th><th scope="col">Calls</th><th scope="col">Target</th><th scope="col"><span class="hidden">Actions</span></th></tr>
        </thead>
        <tbody>
          ${repeat(
            rows,
            (row) => row.id,
            (row) => html`<tr>
              <th scope="row">${row.id}</th>
              <td data-label="Cron"><code>${row.cron}</code></td>
              <td data-label="Next">
                <details @toggle=${() => showNext(row.cron)}>
                  <summary>${instant(row.nextRunAt)} <small>${row.nextRunAt > now ? "in " + roughSpan(row.nextRunAt - now) : "due"}</small></summary>
                  <ol class="next-runs">${(next.get(row.cron) ?? []).map((at) => html`<li>${instant(at)}</li>`)}</ol>
                </details>
              </td>
              <td data-label="Last">${row.lastRunAt === undefined ? html`<span class="zero">never</span>` : html`${instant(row.lastRunAt)} <small>${roughSpan(now - row.lastRunAt)} ago</small>`}</td>
              <td data-label="Calls"><a href=${link("calls", "", { tab: "history", prefix: begins(row) })}><code>${row.promiseId}</code></a></td>
              <td data-label="Target"><code>${row.promiseTags["resonate:target"] ?? "–"}</code></td>
              <td class="actions">${mayWrite() ? html`<button class="quiet" @click=${() => remove(row.id)} aria-label="Delete ${row.id}">Delete…</button>` : nothing}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** @param {string} cron */
  async function showNext(cron) {
    if (next.has(cron)) return;
    try {
      next.set(cron, (await instants(cron)).next);
    } catch (thrown) {
      say(failureFrom(thrown).message);
    }
    redraw();
  }

  function create() {
    let typed = "0 9 * * MON-FRI";
    /** @type {number[]} */
    let coming = [];
    let wrong = "";
    let waiting = 0;
    const ask = async () => {
      const asked = typed;
      try {
        const answer = await instants(asked);
        if (asked !== typed) return;
        coming = answer.next;
        wrong = coming.length ? "" : "It never comes.";
      } catch (thrown) {
        if (asked !== typed) return;
        coming = [];
        wrong = failureFrom(thrown).message;
      }
      redraw();
    };
    ask();
    openDialog({
      title: "New schedule",
      confirm: "Create",
      body: () => html`<label>Id <input name="id" required autocomplete="off" spellcheck="false" /></label>
        <label
          >Cron, in UTC
          <input
            name="cron"
            required
            .value=${typed}
            spellcheck="false"
            autocomplete="off"
            @input=${(/** @type {Event} */ event) => {
              typed = /** @type {HTMLInputElement} */ (event.target).value;
              clearTimeout(waiting);
              waiting = setTimeout(ask, TYPED_MS);
            }}
        /></label>
        <p class="hint">minute hour day month weekday. <b>Weekdays count from 1, and Sunday is 1</b>; names (MON) leave no question.</p>
        ${wrong ? html`<p class="fault" role="status">${wrong}</p>` : html`<ol class="next-runs" aria-label="The next runs">${coming.map((at) => html`<li>${instant(at)}</li>`)}</ol>`}
        <label>Id of each call <input name="promiseId" required .value=${"{{.id}}.{{.timestamp}}"} spellcheck="false" autocomplete="off" /></label>
        ${callFields({})}`,
      async run(form) {
        const { param, target, timeoutMs } = callOf(form);
        const id = String(form.get("id") ?? "").trim();
        const begun = serverNow();
        const { schedule } = await command("schedule.create", {
          id,
          cron: String(form.get("cron") ?? ""),
          promiseId: String(form.get("promiseId") ?? ""),
          promiseTimeout: timeoutMs,
          promiseParam: param,
          promiseTags: { "resonate:target": target },
        });
        say(schedule.createdAt < begun - 10_000 ? `${id} has been there since ${instant(schedule.createdAt)}, and stays as it is.` : `${id} is created.`);
        load();
      },
    });
  }

  /** @param {string} id */
  function remove(id) {
    openDialog({
      title: `Delete the schedule ${id}?`,
      confirm: "Delete",
      tone: "danger",
      body: () => html`<p>It calls nothing any more. What it has called stays.</p>`,
      async run() {
        await command("schedule.delete", { id });
        say(`${id} is deleted.`);
        load();
      },
    });
  }

  return {
    title: () => "Schedules",
    body,
    keys: () => (mayWrite() ? [{ keys: "c", does: "new schedule", run: create }] : []),
    close() {
      isClosed = true;
      clearTimeout(again);
      clearInterval(timer);
    },
  };
}

/**
 * @param {string} cron
 * @returns {Promise<{ next: number[] }>}
 */
function instants(cron) {
  return get("console/api/cron?expression=" + encodeURIComponent(cron));
}

/**
 * What the ids of its calls begin with.
 * @param {Schedule} schedule
 */
function begins(schedule) {
  return schedule.promiseId.replaceAll("{{.id}}", schedule.id).split("{{.timestamp}}")[0];
}

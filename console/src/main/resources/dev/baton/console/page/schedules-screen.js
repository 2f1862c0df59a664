// @ts-check
// Schedules: what is called again and again, and when next.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { go, link } from "./address.js";
import { durationText } from "./call-form.js";
import { openDialog, say } from "./dialog.js";
import { failureFrom } from "./failure.js";
import { askForGroups } from "./group-names.js";
import { watchNothing } from "./live.js";
import { redraw } from "./redraw.js";
import { askForNew, askForUpdate, instants, TAG } from "./schedule-form.js";
import { command } from "./server.js";
import { mayWrite, serverNow } from "./session.js";
import { empty, failed, loading } from "./states.js";
import { instant, roughSpan } from "./words.js";

/** @typedef {import("./shapes.js").Schedule} Schedule */

const LIMIT = 100;
const AGAIN_MS = 10_000;

/** @returns {import("./screens.js").Screen} */
export function schedules() {
  const since = performance.now();
  /** @type {Schedule[] | null} */
  let all = null;
  /** @type {string | undefined} */
  let cursor;
  let pages = 1;
  /** @type {import("./failure.js").Failure | null} */
  let failure = null;
  /** @type {Map<string, number[]>} the next instants of those that were opened, by their expressions */
  const next = new Map();
  let chosen = "";
  let again = 0;
  let looks = 0;

  watchNothing();
  askForGroups();
  load();
  const timer = setInterval(redraw, 1000);

  /** As many pages as are shown, from the beginning; what a later look finds counts. */
  async function load() {
    clearTimeout(again);
    const look = ++looks;
    try {
      /** @type {Schedule[]} */
      const found = [];
      /** @type {string | undefined} */
      let from;
      for (let page = 0; page < pages && (page === 0 || from); page++) {
        const answer = await command("schedule.search", { limit: LIMIT, ...(from ? { cursor: from } : {}) });
        if (look !== looks) return;
        found.push(...answer.schedules);
        from = answer.cursor;
      }
      all = found;
      cursor = from;
      failure = null;
    } catch (thrown) {
      if (look !== looks) return;
      failure = failureFrom(thrown);
    }
    if (!failure || failure.passes) again = setTimeout(load, AGAIN_MS);
    redraw();
  }

  function more() {
    pages++;
    load();
  }

  function body() {
    const now = serverNow();
    return html`<div class="screen">
      <div class="tabs">
        <h1>Schedules</h1>
        ${mayWrite() ? html`<button class="primary" @click=${() => askForNew(load)}>New schedule…</button>` : nothing}
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
          <tr><th scope="col">Id</th><th scope="col">Cron, in UTC</th><th scope="col">Next</th><th scope="col">Last</th><th scope="col">Calls</th><th scope="col">Target</th><th scope="col"><span class="hidden">Actions</span></th></tr>
        </thead>
        <tbody>
          ${repeat(
            rows,
            (row) => row.id,
            (row) => html`<tr class=${row.id === chosen ? "chosen" : ""} aria-selected=${row.id === chosen ? "true" : nothing}>
              <th scope="row">${row.id}</th>
              <td data-label="Cron, in UTC"><code>${row.cron}</code>${policyWords(row)}</td>
              <td data-label="Next">${isPaused(row) ? html`<span class="tag warn"><span aria-hidden="true">❙❙</span> paused</span>` : coming(row, now)}</td>
              <td data-label="Last">${row.lastRunAt === undefined ? html`<span class="zero">never</span>` : html`${instant(row.lastRunAt)} <small>${roughSpan(now - row.lastRunAt)} ago</small>`}</td>
              <td data-label="Calls"><a href=${callsOf(row)}><code>${row.promiseId}</code></a></td>
              <td data-label="Target"><code>${row.promiseTags[TAG.target] ?? "–"}</code></td>
              <td class="actions">${mayWrite() ? actions(row) : nothing}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** @param {Schedule} row */
  function actions(row) {
    const verb = isPaused(row) ? "Resume" : "Pause";
    return html`<button class="quiet" @click=${() => pauseOrResume(row)} aria-label="${verb} ${row.id}">${verb}</button>
      <button class="quiet" @click=${() => askForUpdate(row.id, load)} aria-label="Update ${row.id}">Update…</button>
      <button class="quiet" @click=${() => remove(row.id)} aria-label="Delete ${row.id}">Delete…</button>`;
  }

  /**
   * @param {Schedule} row
   * @param {number} now
   */
  function coming(row, now) {
    const known = (next.get(row.cron) ?? []).filter((at) => at > now);
    return html`<details @toggle=${(/** @type {Event} */ event) => /** @type {HTMLDetailsElement} */ (event.target).open && showNext(row.cron)}>
      <summary>${instant(row.nextRunAt)} <small>${row.nextRunAt > now ? "in " + roughSpan(row.nextRunAt - now) : "due"}</small></summary>
      <ol class="next-runs">${known.map((at) => html`<li>${instant(at)}</li>`)}</ol>
    </details>`;
  }

  /** @param {string} cron */
  async function showNext(cron) {
    try {
      next.set(cron, await instants(cron));
    } catch (thrown) {
      say(failureFrom(thrown).message);
    }
    redraw();
  }

  /** @param {Schedule} row */
  async function pauseOrResume(row) {
    const verb = isPaused(row) ? "resume" : "pause";
    try {
      await command("schedule." + verb, { id: row.id });
      say(html`<bdi>${row.id}</bdi> ${verb === "pause" ? "is paused: it calls nothing until it is resumed" : "goes on; what it missed is not made up for"}.`);
    } catch (thrown) {
      say(failureFrom(thrown).message);
    }
    load();
  }

  /** @param {string} id */
  function remove(id) {
    openDialog({
      title: html`Delete the schedule <bdi>${id}</bdi>?`,
      confirm: "Delete",
      tone: "danger",
      body: () => html`<p>It calls nothing any more. What it has called stays.</p>`,
      async run() {
        await command("schedule.delete", { id });
        say(html`<bdi>${id}</bdi> is deleted.`);
        load();
      },
    });
  }

  /** @param {number} by */
  function move(by) {
    const rows = all ?? [];
    const at = rows.findIndex((row) => row.id === chosen);
    chosen = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))]?.id ?? "";
    redraw();
    requestAnimationFrame(() => document.querySelector("tr.chosen")?.scrollIntoView({ block: "nearest" }));
  }

  /** @param {(row: Schedule) => void} does */
  function withChosen(does) {
    const row = all?.find((one) => one.id === chosen);
    if (row) does(row);
  }

  return {
    title: () => "Schedules",
    body,
    keys: () => [
      { keys: "j", does: "next schedule", run: () => move(1) },
      { keys: "k", does: "schedule before", run: () => move(-1) },
      { keys: "Enter", does: "its calls", run: () => withChosen((row) => go(callsOf(row))) },
      ...(mayWrite()
        ? [
            { keys: "p", does: "pause it, resume it", run: () => withChosen(pauseOrResume) },
            { keys: "u", does: "update it", run: () => withChosen((row) => askForUpdate(row.id, load)) },
            { keys: "x", does: "delete it", run: () => withChosen((row) => remove(row.id)) },
            { keys: "c", does: "new schedule", run: () => askForNew(load) },
          ]
        : []),
    ],
    close() {
      looks++;
      clearTimeout(again);
      clearInterval(timer);
    },
  };
}

/** @param {Schedule} schedule */
function isPaused(schedule) {
  return schedule.promiseTags[TAG.paused] === "true";
}

/**
 * What it does beyond calling each time.
 * @param {Schedule} schedule
 */
function policyWords({ promiseTags }) {
  const overlap = promiseTags[TAG.overlap];
  const window = Number(promiseTags[TAG.window]);
  return html`${overlap === "skip" ? html`<small class="policy">left out while the one before goes on</small>` : nothing}
  ${overlap === "buffer_one" ? html`<small class="policy">waits while the one before goes on${promiseTags[TAG.buffered] ? ": one does" : ""}</small>` : nothing}
  ${window > 0 ? html`<small class="policy">made up for within ${durationText(window)}</small>` : nothing}`;
}

/** @param {Schedule} schedule */
function callsOf(schedule) {
  return link("calls", "", { tab: "history", prefix: begins(schedule) });
}

/**
 * What the ids of its calls begin with.
 * @param {Schedule} schedule
 */
function begins(schedule) {
  return schedule.promiseId.replaceAll("{{.id}}", schedule.id).split("{{.timestamp}}")[0];
}

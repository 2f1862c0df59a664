// @ts-check
// Groups: who works and what waits, a row a group, trouble first.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { go, here, link, restate } from "./address.js";
import { openDialog, say } from "./dialog.js";
import { knowGroups } from "./group-names.js";
import { GroupsModel } from "./groups-model.js";
import { streamState, watch } from "./live.js";
import { redraw } from "./redraw.js";
import { post } from "./server.js";
import { mayWrite, SERVER, serverNow } from "./session.js";
import { sparkline } from "./sparkline.js";
import { empty, failed, loading } from "./states.js";
import { count, counted, rate, roughSpan, span } from "./words.js";

/** @typedef {import("./groups-model.js").Row} Row */

const MOST_ROWS = 200;

/** @returns {import("./screens.js").Screen} */
export function groups() {
  const model = new GroupsModel();
  const since = performance.now();
  let isKnown = false;
  let chosen = "";
  const follower = {
    snapshot(/** @type {any} */ data) {
      model.snapshot(data);
      isKnown = true;
      knowGroups(model.names());
    },
    delta(/** @type {any} */ data) {
      model.delta(data);
      if (data.groups?.length || data.forgotten?.length) knowGroups(model.names());
    },
    gap() {},
  };
  watch("groups", follower);
  const timer = setInterval(() => {
    model.sample();
    redraw();
  }, 1000);

  function body() {
    if (!isKnown) {
      const state = streamState();
      if (state.kind === "over" || state.kind === "reconnecting") return failed(state.failure, "the groups");
      return loading(since, "Looking for groups");
    }
    const now = serverNow();
    const all = model.rows(now);
    if (all.length === 0) return start();
    const wanted = here().query.get("find") ?? "";
    const rows = wanted ? all.filter((row) => row.group.group.includes(wanted)) : all;
    return html`<div class="screen">
      ${headline(all, now)}
      ${all.length > 12 ? filter(wanted) : nothing}
      <div class="table-scroll" tabindex="-1">
        <table class="groups">
          <caption class="hidden">Groups</caption>
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col">Workers</th>
              <th scope="col">Slots used</th>
              <th scope="col" class="number">Ready</th>
              <th scope="col" class="number">Oldest wait</th>
              <th scope="col" class="number">In flight</th>
              <th scope="col" class="number">Suspended</th>
              <th scope="col" class="number">Dispatched</th>
              <th scope="col" class="number">Fulfilled</th>
              <th scope="col" class="number">Mean service</th>
              <th scope="col">Last minute</th>
              <th scope="col"><span class="hidden">Actions</span></th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              rows.slice(0, MOST_ROWS),
              (row) => row.group.group,
              (row) => tableRow(row, now, row.group.group === chosen),
            )}
          </tbody>
        </table>
      </div>
      ${rows.length > MOST_ROWS ? html`<p class="hint">${count(rows.length - MOST_ROWS)} more: look for a name.</p>` : nothing}
      ${rows.length === 0 ? empty(`No group's name contains “${wanted}”`) : nothing}
    </div>`;
  }

  /** @param {number} by */
  function move(by) {
    const rows = model.rows(serverNow());
    const at = rows.findIndex((row) => row.group.group === chosen);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    chosen = next?.group.group ?? "";
    redraw();
    requestAnimationFrame(() => document.querySelector("tr.chosen")?.scrollIntoView({ block: "nearest" }));
  }

  return {
    title: () => "Groups",
    body,
    keys: () => [
      { keys: "j", does: "next group", run: () => move(1) },
      { keys: "k", does: "group before", run: () => move(-1) },
      { keys: "Enter", does: "open its relay", run: () => chosen && go(link("relay", chosen)) },
      { keys: "s", does: "slots of its workers", run: () => chosen && mayWrite() && askForSlots(model.rows(serverNow()).find((row) => row.group.group === chosen)) },
    ],
    close: () => clearInterval(timer),
  };
}

/**
 * The one sentence on top.
 * @param {Row[]} rows
 * @param {number} now
 */
function headline(rows, now) {
  const worst = rows[0];
  const inTrouble = rows.filter((row) => row.trouble && row.trouble.weight > 1).length;
  if (worst.trouble) {
    return html`<h1 class="headline" data-weight=${worst.trouble.weight}>
      <span aria-hidden="true">${worst.trouble.weight > 1 ? "▲" : "△"}</span>
      <a href=${link("relay", worst.group.group)}>${worst.group.group}</a>: ${worst.trouble.sentence}
      ${inTrouble > 1 ? html`<small>and ${counted(inTrouble - 1, "more group")} in trouble</small>` : nothing}
    </h1>`;
  }
  const workers = rows.reduce((sum, row) => sum + row.group.connectedWorkers, 0);
  const ready = rows.reduce((sum, row) => sum + row.group.ready, 0);
  const oldest = Math.min(...rows.map((row) => row.group.oldestReadyAt ?? Infinity));
  const waits =
    ready === 0
      ? "nothing waits"
      : `${counted(ready, "call")} ${ready === 1 ? "waits" : "wait"}${oldest < Infinity ? `, the first for ${roughSpan(now - oldest)}` : ""}`;
  return html`<h1 class="headline" data-weight="0">
    <span aria-hidden="true">●</span> ${counted(workers, "worker")} in ${counted(rows.length, "group")}, ${waits}.
  </h1>`;
}

/** @param {string} wanted */
function filter(wanted) {
  return html`<label class="filter"
    ><span class="hidden">Groups whose name contains</span>
    <input
      type="search"
      placeholder="Name contains"
      .value=${wanted}
      @input=${(/** @type {Event} */ event) => restate({ find: /** @type {HTMLInputElement} */ (event.target).value })}
  /></label>`;
}

/**
 * @param {Row} row
 * @param {number} now
 * @param {boolean} isChosen
 */
function tableRow(row, now, isChosen) {
  const { group, rates, lost, trouble } = row;
  const waited = group.oldestReadyAt === undefined ? null : now - group.oldestReadyAt;
  return html`<tr class=${isChosen ? "chosen" : ""} aria-selected=${isChosen ? "true" : nothing}>
    <th scope="row">
      <a href=${link("relay", group.group)}>${group.group}</a>
      ${trouble ? html`<span class="trouble" data-weight=${trouble.weight}>${trouble.sentence}</span>` : nothing}
    </th>
    <td data-label="Workers">
      ${count(group.connectedWorkers)}
      ${group.drainingWorkers ? html`<span class="tag">↓ ${count(group.drainingWorkers)} draining</span>` : nothing}
      ${lost.size ? html`<span class="tag bad">✕ ${count(lost.size)} lost</span>` : nothing}
    </td>
    <td data-label="Slots used">${slotsUsed(group)}</td>
    <td data-label="Ready" class="number ${group.ready ? "" : "zero"}">${count(group.ready)}</td>
    <td data-label="Oldest wait" class="number ${waited === null ? "zero" : ""}">${waited === null ? "–" : roughSpan(waited)}</td>
    <td data-label="In flight" class="number ${group.inFlight ? "" : "zero"}">${count(group.inFlight)}</td>
    <td data-label="Suspended" class="number ${group.suspended ? "" : "zero"}">${count(group.suspended)}</td>
    <td data-label="Dispatched" class="number ${group.dispatchedPerSecond ? "" : "zero"}">${rate(group.dispatchedPerSecond)}<small>/s</small></td>
    <td data-label="Fulfilled" class="number ${group.fulfilledPerSecond ? "" : "zero"}">${rate(group.fulfilledPerSecond)}<small>/s</small></td>
    <td data-label="Mean service" class="number ${group.meanServiceSeconds === undefined ? "zero" : ""}">
      ${group.meanServiceSeconds === undefined ? "–" : span(group.meanServiceSeconds * 1000)}
    </td>
    <td data-label="Last minute">${sparkline(rates, 60, "dispatched a second")}</td>
    <td class="actions">
      ${mayWrite() ? html`<button class="quiet" @click=${() => askForSlots(row)} aria-label="Slots per worker of ${group.group}">Slots…</button>` : nothing}
    </td>
  </tr>`;
}

/** @param {import("./shapes.js").Group} group */
function slotsUsed(group) {
  if (group.slots === undefined) return html`<span class="slots-text">${count(group.load)} <small>of no limit</small></span>`;
  if (group.slots === 0) return html`<span class="zero">–</span>`;
  return html`<span class="slots">
    <meter min="0" max=${group.slots} value=${Math.min(group.load, group.slots)} aria-label="Slots used">${group.load} of ${group.slots}</meter>
    <span class="slots-text">${count(group.load)}<small>/${count(group.slots)}</small></span>
  </span>`;
}

/** @param {Row | undefined} row */
function askForSlots(row) {
  if (!row) return;
  const { group, slotsPerWorker } = row.group;
  openDialog({
    title: html`Slots per worker of <bdi>${group}</bdi>`,
    confirm: "Set",
    body: () => html`<p>How many calls a worker of this group runs at once, where the worker does not say so itself.</p>
      <label>Slots <input name="slots" type="number" min="1" step="1" placeholder="no limit" .value=${slotsPerWorker === null ? "" : String(slotsPerWorker)} /></label>
      <p class="hint">Empty: no limit.</p>`,
    async run(form) {
      const text = String(form.get("slots") ?? "").trim();
      await post(`console/api/groups/${encodeURIComponent(group)}`, { slotsPerWorker: text ? Number(text) : null }, "PUT");
      say(html`Workers of <bdi>${group}</bdi> ${text ? `take ${text} at once` : "have no limit"}.`);
    },
  });
}

/** What somebody reads who has just started. */
function start() {
  const url = SERVER.href.replace(/\/$/, "");
  return empty(
    "No group yet",
    html`<p>A group appears when its first worker connects or the first call names it. To see one:</p>
      <pre class="copy" tabindex="0"><code># a worker
RESONATE_URL=${url} RESONATE_GROUP=workers java -cp 'worker-image/target/baton-worker-image.jar:worker-image/target/app/lib/*' dev.baton.worker.Main

# a call
./baton invoke order-7 -f computeSomething --arg order-7 --arg 3 --target workers -S ${url}</code></pre>
      <p>or run <code>make demo</code>, which plays a worker's death.</p>`,
  );
}

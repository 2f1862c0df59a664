// @ts-check
// Relay: one group, a lane a worker, and the baton that goes from one to another.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { go, here, link, linkWith, restate } from "./address.js";
import { CallPanel } from "./call-panel.js";
import { see, streamState, watch } from "./live.js";
import { endPause, isPaused, shownNow, togglePause } from "./pause.js";
import { redraw } from "./redraw.js";
import { RelayModel } from "./relay-model.js";
import { RelayStage, stateWords } from "./relay-stage.js";
import { serverNow } from "./session.js";
import { empty, failed, loading } from "./states.js";
import { askWorker } from "./worker-dialog.js";
import { WorkerGrid } from "./worker-grid.js";
import { causeWords, clock, count, counted, rate, roughSpan, span } from "./words.js";

/** @typedef {import("./relay-model.js").Lane} Lane */

const WINDOWS = [
  [30, "30 s"],
  [60, "1 min"],
  [300, "5 min"],
];
const DEFAULT_WINDOW = 60;
const GRID_FROM = 200;
const MOST_SENTENCES = 8;
const MOST_ROWS = 200;

/**
 * @param {string} name
 * @returns {import("./screens.js").Screen}
 */
export function relay(name) {
  const model = new RelayModel();
  const since = performance.now();
  const panel = new CallPanel();
  let isKnown = false;
  /** @type {Set<string>} why events were left out */
  const leftOut = new Set();
  let isTable = false;
  /** A lane's head takes the focus in the next frame, when it is there. */
  let focusing = 0;
  endPause();

  const stage = new RelayStage(model, settings, { call: chooseCall, lane: chooseLane, menu: (lane) => askWorker(name, lane, model), seen: see });
  const grid = new WorkerGrid(model, chooseLane);
  watch("group:" + name, {
    snapshot(data, boot) {
      model.snapshot(data, boot);
      isKnown = true;
      changed();
    },
    delta(data) {
      model.delta(data);
      panel.heard(data.events ?? []);
      changed();
    },
    gap({ reason = "slow" }) {
      leftOut.add(reason);
    },
  });
  const timer = setInterval(() => {
    model.prune(serverNow());
    changed();
    redraw();
  }, 1000);

  function changed() {
    shownLanes = null;
    stage.refresh();
  }

  /** @type {Lane[] | null} */
  let shownLanes = null;

  function lanes() {
    shownLanes ??= isGrid() ? needingAttention() : model.lanes();
    return shownLanes;
  }

  function isGrid() {
    return model.lanes().length > GRID_FROM;
  }

  function needingAttention() {
    const looked = new Set([here().query.get("lane")]);
    for (const { from, to } of model.handOvers) looked.add(from.pid).add(to?.pid ?? null);
    /** @type {Lane[]} */
    const found = [];
    for (const lane of model.lanes()) {
      if (lane.state === "connected" && !lane.worker?.draining && !looked.has(lane.pid)) continue;
      if (found.push(lane) === GRID_FROM) break;
    }
    return found;
  }

  function settings() {
    const { query } = here();
    const seconds = Number(query.get("window"));
    return {
      windowMs: (WINDOWS.some(([s]) => s === seconds) ? seconds : DEFAULT_WINDOW) * 1000,
      call: query.get("call") ?? "",
      lane: query.get("lane") ?? "",
      lanes: lanes(),
    };
  }

  /** @param {string} id */
  function chooseCall(id) {
    restate({ call: id });
  }

  /** @param {string} pid */
  function chooseLane(pid) {
    restate({ lane: pid });
    changed();
    cancelAnimationFrame(focusing);
    focusing = requestAnimationFrame(() => focusLane(pid, 3));
  }

  /**
   * @param {string} pid
   * @param {number} tries a lane that is far away, or new, has its head some frames later
   */
  function focusLane(pid, tries) {
    const heads = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".head")]);
    const head = heads.find((one) => one.dataset.pid === pid);
    const scroller = document.querySelector(".stage");
    const at = lanes().findIndex((lane) => lane.pid === pid);
    if (head) head.querySelector("button")?.focus();
    else if (scroller && at >= 0) scroller.scrollTop = (scroller.scrollHeight / lanes().length) * at;
    if (!head && tries > 0) focusing = requestAnimationFrame(() => focusLane(pid, tries - 1));
  }

  /** @param {number} by */
  function moveLane(by) {
    const all = lanes();
    const at = all.findIndex((lane) => lane.pid === here().query.get("lane"));
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    if (next) chooseLane(next.pid);
  }

  /** @param {number} by */
  function moveCall(by) {
    const { lane: pid, call } = settings();
    const bars = model.lane(pid || (lanes()[0]?.pid ?? ""))?.bars ?? [];
    const at = bars.findIndex((bar) => bar.id === call);
    const next = bars[at < 0 ? bars.length - 1 : Math.min(bars.length - 1, Math.max(0, at + by))];
    if (!next) return;
    chooseCall(next.id);
    // Enter is the call's now, and no longer the lane's.
    cancelAnimationFrame(focusing);
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && focused.closest(".head")) focused.blur();
  }

  function body() {
    if (!name) return empty("Which group?", html`<p>Choose one on top, or from <a href=${link("groups")}>all groups</a>.</p>`);
    const state = streamState();
    if (!isKnown) {
      if (state.kind === "over" || state.kind === "reconnecting") return failed(state.failure, html`the group <bdi>${name}</bdi>`);
      return loading(since, `Looking at ${name}`);
    }
    const { windowMs, call, lane } = settings();
    const now = shownNow();
    const isEmpty = model.lanes().length === 0;
    panel.show(call);
    return html`<div class="screen relay ${call ? "with-panel" : ""}">
      <div class="relay-main">
        <div class="relay-top">
          <h1>${name}</h1>
          ${facts(now)}
          <div class="buttons">
            <span class="choices" role="group" aria-label="How far back">
              ${WINDOWS.map(([s, words]) => html`<a class="button" href=${linkWith({ window: s === DEFAULT_WINDOW ? null : s })} aria-current=${windowMs === Number(s) * 1000 ? "true" : nothing}>${words}</a>`)}
            </span>
            <button aria-pressed=${isPaused()} @click=${togglePause}>${isPaused() ? "Go on" : "Pause"}</button>
            <button aria-pressed=${isTable} @click=${toggleTable}>Table</button>
          </div>
        </div>
        ${[...leftOut].map((reason) => html`<p class="hint" role="status">${gapWords(reason)}</p>`)}
        ${isEmpty
          ? empty(
              "No worker",
              html`<p>${model.group?.ready ? `${counted(model.group.ready, "call")} ${model.group.ready === 1 ? "waits" : "wait"} until one connects.` : "Nothing waits either."} The groups' page says how to start one.</p>`,
            )
          : html`<figure class="lanes">
              <figcaption class="waiting-row">
                <span class="waiting-label"><b>${count(model.group?.ready ?? 0)}</b> ${model.group?.ready === 1 ? "waits" : "wait"}</span>
                ${stage.waiting()}
              </figcaption>
              ${isGrid() ? html`${grid.body()}<p class="lanes-hint">${counted(lanes().length, "lane")} of workers that need attention or took over lately</p>` : nothing}
              ${stage.body()}
            </figure>`}
        ${model.mode === "lanes" ? html`<p class="hint">So much happens that only the lanes in sight are told in full.</p>` : nothing}
        ${isEmpty ? nothing : legend()} ${isTable ? table(now) : nothing}
        <div class="relay-below">${sentences(now)} ${fairness(now - windowMs)}</div>
      </div>
      ${call ? html`<aside class="panel card" aria-label="The chosen call">${panel.body(() => chooseCall(""))}</aside>` : nothing}
    </div>`;
  }

  function toggleTable() {
    isTable = !isTable;
    redraw();
  }

  /** @param {number} now */
  function facts(now) {
    const { group } = model;
    if (!group) return nothing;
    const all = [
      ["workers", count(group.connectedWorkers)],
      ["slots used", group.slots === undefined ? `${count(group.load)} / ∞` : `${count(group.load)} / ${count(group.slots)}`],
      ["oldest wait", group.oldestReadyAt === undefined ? "–" : roughSpan(now - group.oldestReadyAt)],
      ["suspended", count(group.suspended)],
      ["dispatched", rate(group.dispatchedPerSecond) + "/s"],
      ["fulfilled", rate(group.fulfilledPerSecond) + "/s"],
      ["mean service", group.meanServiceSeconds === undefined ? "–" : span(group.meanServiceSeconds * 1000)],
    ];
    return html`<dl class="figures">${all.map(([what, much]) => html`<div><dt>${what}</dt><dd>${much}</dd></div>`)}</dl>`;
  }

  /** @param {number} now */
  function sentences(now) {
    const all = model.handOvers.filter((one) => one.cutAt <= now).slice(-MOST_SENTENCES).reverse();
    return html`<section aria-labelledby="hand-overs">
      <h2 id="hand-overs">Hand-overs ${model.folded ? html`<small>${count(model.folded)} workers gone</small>` : nothing}</h2>
      ${all.length === 0
        ? html`<p class="hint">None in the last five minutes. When a worker dies, its work goes to another, and the line shows it.</p>`
        : html`<ol class="sentences" aria-live="polite">
            ${repeat(
              all,
              (one) => `${one.from.id}/${one.from.version}/${one.cutAt}`,
              (one) =>
                html`<li>
                  <time>${clock(one.cutAt)}</time>
                  <span
                    ><a href=${linkWith({ call: one.from.id })}>${one.from.id}</a>
                    ${one.to
                      ? html`went from <b>${one.from.pid}</b> to <b>${one.to.pid}</b> in <b class="took">${span((one.toAt ?? 0) - one.cutAt)}</b>: ${causeWords(one.cause)}.`
                      : html`left <b>${one.from.pid}</b>, ${causeWords(one.cause)}, and waits for a worker.`}</span
                  >
                </li>`,
            )}
          </ol>`}
    </section>`;
  }

  /** @param {number} from */
  function fairness(from) {
    const shares = model.shares(from);
    const worst = shares[0];
    return html`<section aria-labelledby="fairness">
      <h2 id="fairness">Fairness</h2>
      ${!worst
        ? html`<p class="hint">Too little was taken to say.</p>`
        : html`<p>${counted(shares.length, "worker")}; farthest from its share is <b>${worst.pid}</b> with ${Math.round(worst.share * 100)} % of what was taken, where ${Math.round(worst.ideal * 100)} % would be even.</p>
            ${shares.length <= 12
              ? html`<ul class="shares">
                  ${shares
                    .toSorted((a, b) => (a.pid < b.pid ? -1 : 1))
                    .map(({ pid, share, ideal }) => html`<li><span class="mono">${pid}</span><meter min="0" max="1" value=${share} aria-label="share of ${pid}">${Math.round(share * 100)} %</meter><span>${Math.round(share * 100)} %<small> of ${Math.round(ideal * 100)}</small></span></li>`)}
                </ul>`
              : nothing}`}
      <p class="hint">
        ${model.longestIdle.ms > 500 ? `Longest with room while calls waited: ${model.longestIdle.pid}, ${span(model.longestIdle.ms)}.` : "No worker had room for long while calls waited."}
      </p>
    </section>`;
  }

  /** The same as the canvas, in words. @param {number} now */
  function table(now) {
    const rows = lanes().slice(0, MOST_ROWS);
    return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Workers and what they run">
      <table>
        <caption class="hidden">Workers and what they run</caption>
        <thead>
          <tr><th scope="col">Worker</th><th scope="col">State</th><th scope="col">Address</th><th scope="col">Load</th><th scope="col">Runs now</th><th scope="col">Done or given back</th></tr>
        </thead>
        <tbody>
          ${rows.map(
            (lane) => html`<tr>
              <th scope="row">${lane.pid}</th>
              <td>${stateWords(lane)}</td>
              <td>${lane.worker?.address ?? "–"}</td>
              <td>${lane.worker ? `${lane.worker.load} of ${lane.worker.slots ?? "no limit"}` : "–"}</td>
              <td>${lane.bars.filter((bar) => bar.endAt === null).map((bar) => html`<a href=${linkWith({ call: bar.id })}>${bar.id}</a> (${bar.takenAt === null ? "sent" : "for " + roughSpan(now - bar.takenAt)}) `)}</td>
              <td>${lane.bars.filter((bar) => bar.endAt !== null).length}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  return {
    title: () => name,
    body,
    settings: changed,
    // What surrounds the stage may have another size now.
    drawn: () => stage.refresh(),
    keys: () => [
      { keys: "Space", does: "pause, go on", run: togglePause },
      { keys: "j", does: "next worker", run: () => moveLane(1) },
      { keys: "k", does: "worker before", run: () => moveLane(-1) },
      { keys: "l", does: "next call of the worker", run: () => moveCall(1) },
      { keys: "h", does: "call before", run: () => moveCall(-1) },
      { keys: "a", does: "actions of the worker", run: () => act() },
      { keys: "Enter", does: "open the chosen call", run: () => settings().call && go(link("call", settings().call)) },
      { keys: "Escape", does: "choose nothing", run: () => restate({ call: null, lane: null }) },
      { keys: "t", does: "the table of what the lanes show", run: toggleTable },
    ],
    close() {
      clearInterval(timer);
      stage.close();
      panel.close();
      endPause();
    },
  };

  function act() {
    const lane = model.lane(settings().lane);
    if (lane) askWorker(name, lane, model);
  }
}

/**
 * How many nobody knows: the stream's numbers count the events of all groups.
 * @param {string} reason as the stream says it
 */
function gapWords(reason) {
  switch (reason) {
    case "restarted":
      return "The server has started again, and remembers nothing of what was before.";
    case "forgotten":
      return "Events were left out: the page was away for longer than the server remembers.";
    default:
      return "Events were left out while the page or the network was slow.";
  }
}

function legend() {
  return html`<ul class="legend" aria-label="Legend">
    <li><i class="swatch sent"></i>sent, not taken yet</li>
    <li><i class="swatch running"></i>running</li>
    <li><i class="swatch done"></i>done or suspended</li>
    <li><i class="swatch cut"></i>came back unfinished</li>
    <li><i class="swatch line"></i>hand-over</li>
  </ul>`;
}

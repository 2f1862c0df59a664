// @ts-check
// The moving part of Relay: lanes that scroll up and down while time runs to the left. However many lanes there are, what is
// drawn and what is in the document is what is seen.

import { html, nothing, render } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { batonLabels, batonLines, batonPaths } from "./relay-batons.js";
import { drawBars, drawWaiting } from "./relay-bars.js";
import { Geometry } from "./relay-geometry.js";
import { shownNow } from "./pause.js";
import { causeWords, naturally, roughSpan, shortened } from "./words.js";

/** @typedef {import("./relay-model.js").RelayModel} RelayModel */
/** @typedef {import("./relay-model.js").Lane} Lane */
/** @typedef {import("./relay-bars.js").Spot} Spot */

const FRAME_MS = 33;
const STILL_FRAME_MS = 1_000;
const WAITING_HEIGHT = 72;
const MOST_DOTS = 12;

/**
 * @typedef {object} StageSettings
 * @property {number} windowMs
 * @property {string} call the chosen one
 * @property {string} lane the chosen one
 * @property {Lane[]} lanes those that are shown
 */

export class RelayStage {
  /** @type {Spot[]} */
  #spots = [];
  #frame = 0;
  #drawnAt = -Infinity;
  #dirty = true;
  #stillness = matchMedia("(prefers-reduced-motion: reduce)");
  #seenKey = "";

  /**
   * @param {RelayModel} model
   * @param {() => StageSettings} settings
   * @param {{ call: (id: string) => void, lane: (pid: string) => void, menu: (lane: Lane) => void, seen: (pids: string[]) => void }} does
   */
  constructor(model, settings, does) {
    this.model = model;
    this.settings = settings;
    this.does = does;
    this.#run();
  }

  close() {
    cancelAnimationFrame(this.#frame);
  }

  /** Draws in the next frame whatever else. */
  refresh() {
    this.#dirty = true;
  }

  #run() {
    this.#frame = requestAnimationFrame((at) => {
      const pause = this.#stillness.matches ? STILL_FRAME_MS : FRAME_MS;
      if (this.#dirty || at - this.#drawnAt >= pause) {
        this.#drawnAt = at;
        this.#dirty = false;
        this.#draw();
      }
      this.#run();
    });
  }

  /** What the page shows of it; the rest is drawn into that. */
  body() {
    return html`<div class="stage" @scroll=${this.#scrolled} tabindex="0" role="group" aria-label="Lanes of workers; the table below says the same">
      <div class="stage-space"></div>
      <div class="stage-view">
        <canvas class="stage-bars" @click=${this.#clicked} @mousemove=${this.#moved} aria-hidden="true"></canvas>
        <svg class="stage-batons" aria-hidden="true"></svg>
        <div class="stage-heads"></div>
        <div class="stage-labels"></div>
      </div>
    </div>`;
  }

  waiting() {
    return html`<canvas class="waiting-area" aria-hidden="true"></canvas>`;
  }

  #scrolled = () => this.refresh();

  #draw() {
    const stage = /** @type {HTMLElement | null} */ (document.querySelector(".stage"));
    if (!stage) return;
    const { windowMs, call, lane: chosenLane, lanes } = this.settings();
    const now = shownNow();
    const width = stage.clientWidth;
    const left = headWidth(width);
    const geometry = new Geometry(lanes, left, width, now, windowMs);
    const room = stage.clientHeight;
    const view = /** @type {HTMLElement} */ (stage.querySelector(".stage-view"));
    const space = /** @type {HTMLElement} */ (stage.querySelector(".stage-space"));
    const most = Math.max(160, Math.min(geometry.height, Math.round(innerHeight * 0.62)));
    if (stage.style.height !== most + "px") stage.style.height = most + "px";
    if (space.style.height !== geometry.height + "px") space.style.height = geometry.height + "px";
    if (view.style.height !== room + "px") view.style.height = room + "px";
    const scroll = stage.scrollTop;

    const bars = surface(stage.querySelector(".stage-bars"), width, room);
    if (bars) this.#spots = drawBars(bars, geometry, scroll, room, call, chosenLane);
    const waiting = surface(document.querySelector("canvas.waiting-area"), width, WAITING_HEIGHT);
    if (waiting) drawWaiting(waiting, geometry, this.model.waiting, WAITING_HEIGHT);

    const lines = batonLines(this.model.handOvers, geometry, scroll, room);
    const svg = /** @type {SVGElement} */ (/** @type {unknown} */ (stage.querySelector(".stage-batons")));
    svg.setAttribute("viewBox", `0 0 ${width} ${room}`);
    render(batonPaths(lines), /** @type {any} */ (svg));
    render(batonLabels(lines, now, this.does.call), /** @type {HTMLElement} */ (stage.querySelector(".stage-labels")));

    const [from, to] = geometry.seen(scroll, scroll + room);
    const seen = lanes.slice(from, to);
    render(
      repeat(
        seen,
        (lane) => lane.pid,
        (lane, i) => this.#head(lane, geometry.top(from + i) - scroll, geometry.top(from + i + 1) - geometry.top(from + i), left, chosenLane, now),
      ),
      /** @type {HTMLElement} */ (stage.querySelector(".stage-heads")),
    );
    if (this.model.mode === "lanes") this.#tellSeen(seen);
  }

  /** @param {Lane[]} seen */
  #tellSeen(seen) {
    const pids = seen.map((lane) => lane.pid).sort(naturally);
    const key = pids.join("\n");
    if (key === this.#seenKey) return;
    this.#seenKey = key;
    this.does.seen(pids);
  }

  /**
   * @param {Lane} lane
   * @param {number} top
   * @param {number} height
   * @param {number} width
   * @param {string} chosenLane
   * @param {number} now
   */
  #head(lane, top, height, width, chosenLane, now) {
    const isDead = lane.state === "lost" || lane.state === "gone";
    const { worker } = lane;
    return html`<div
      class="head ${isDead ? "dead" : ""} ${lane.pid === chosenLane ? "chosen" : ""}"
      .style=${`transform: translateY(${top}px); height: ${height}px; width: ${width}px`}
      data-pid=${lane.pid}
      data-state=${lane.state}
    >
      <button class="head-name" title=${lane.pid} @click=${() => this.does.menu(lane)} aria-label="Worker ${lane.pid}: ${stateWords(lane)}. Actions">
        <span class="mono">${shortened(lane.pid, width < 150 ? 13 : width < 250 ? 16 : 21)}</span>
      </button>
      <span class="head-slots">${slotDots(lane)}</span>
      <span class="head-more"
        >${stateTag(lane, now, (this.model.group?.ready ?? 0) > 0)}
        ${!isDead && worker?.address ? html`<span class="head-address">${worker.address}</span>` : nothing}
        ${!isDead && worker?.connectedAt ? html`<span title="connected since">${roughSpan(now - worker.connectedAt)}</span>` : nothing}</span
      >
    </div>`;
  }

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const spot = this.#spotAt(event);
    if (spot) this.does.call(spot.bar.id);
    else this.does.call("");
  };

  /** @param {MouseEvent} event */
  #moved = (event) => {
    const spot = this.#spotAt(event);
    const canvas = /** @type {HTMLElement} */ (event.currentTarget);
    canvas.style.cursor = spot ? "pointer" : "";
    canvas.title = spot ? spot.bar.id : "";
  };

  /** @param {MouseEvent} event */
  #spotAt(event) {
    const { offsetX: x, offsetY: y } = event;
    return this.#spots.findLast((spot) => x >= spot.x - 3 && x <= spot.x + spot.width + 3 && y >= spot.y - 3 && y <= spot.y + spot.height + 3);
  }
}

/** @param {number} width of the stage */
function headWidth(width) {
  return width < 560 ? 118 : width < 900 ? 200 : 250;
}

/**
 * @param {HTMLCanvasElement | null} canvas
 * @param {number} width
 * @param {number} height
 * @returns {CanvasRenderingContext2D | null}
 */
function surface(canvas, width, height) {
  if (!canvas) return null;
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
  }
  const g = canvas.getContext("2d");
  g?.setTransform(scale, 0, 0, scale, 0, 0);
  return g;
}

/** @param {Lane} lane */
export function stateWords(lane) {
  if (lane.state === "connected") return lane.worker?.draining ? "draining" : "connected";
  if (lane.state === "apart") return "no stream";
  return lane.cause ? causeWords(lane.cause) : lane.state;
}

/**
 * @param {Lane} lane
 * @param {number} now
 * @param {boolean} isWaitedFor whether a worker without room is a reason for something
 */
function stateTag(lane, now, isWaitedFor) {
  switch (lane.state) {
    case "connected":
      if (lane.worker?.draining) return html`<span class="tag warn">↓ draining</span>`;
      return isWaitedFor && isFull(lane) ? html`<span class="tag" title="Calls wait, and it has no room">● full</span>` : nothing;
    case "apart":
      return html`<span class="tag" title="It holds tasks and has no stream of its own">no stream</span>`;
    case "lost":
    case "gone":
      return html`<span class="tag">✕ ${stateWords(lane)}</span> <span>${roughSpan(now - lane.since)} ago</span>`;
  }
}

/** @param {Lane} lane */
function isFull({ worker }) {
  return worker !== null && worker.slots !== null && worker.load >= worker.slots;
}

/** @param {Lane} lane */
function slotDots(lane) {
  const { worker } = lane;
  if (!worker || lane.state !== "connected") return nothing;
  if (worker.slots === null) return html`<span title="tasks it carries; it has no limit">${worker.load}<small>/∞</small></span>`;
  const words = `${worker.load} of ${worker.slots} slots`;
  return worker.slots > MOST_DOTS
    ? html`<span title=${words}>${worker.load}<small>/${worker.slots}</small></span>`
    : html`<span class="dots" title=${words} aria-label=${words} role="img"
        >${Array.from({ length: worker.slots }, (_, i) => html`<i class=${i < worker.load ? "full" : ""}></i>`)}</span
      >`;
}

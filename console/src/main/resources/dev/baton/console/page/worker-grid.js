// @ts-check
// More workers than anybody wants lanes of: a cell each.

import { html } from "./lit/lit-html.js";
import { say } from "./dialog.js";
import { colour } from "./theme.js";
import { count } from "./words.js";

/** @typedef {import("./relay-model.js").Lane} Lane */

export class WorkerGrid {
  #cell = 12;
  #perRow = 1;

  /**
   * @param {import("./relay-model.js").RelayModel} model
   * @param {(pid: string) => void} choose
   */
  constructor(model, choose) {
    this.model = model;
    this.choose = choose;
  }

  body() {
    const lanes = this.model.lanes();
    requestAnimationFrame(() => this.#draw(lanes));
    const busy = lanes.filter((lane) => (lane.worker?.load ?? 0) > 0 && lane.state === "connected").length;
    const gone = lanes.filter((lane) => lane.state === "lost" || lane.state === "gone").length;
    const words = `${count(lanes.length)} workers: ${count(busy)} busy, ${count(lanes.length - busy - gone)} idle, ${count(gone)} lost`;
    return html`<div class="grid">
      <form class="filters" @submit=${this.#find} aria-label="Find a worker">
        <label>Worker <input name="pid" required placeholder="its pid, or a part of it" autocomplete="off" spellcheck="false" /></label>
        <button>Show its lane</button>
      </form>
      <canvas role="img" aria-label=${words} @click=${this.#clicked} @mousemove=${this.#moved}></canvas>
      <p class="lanes-hint">${words}. A cell is a worker: the fuller, the busier; crossed out: lost.</p>
    </div>`;
  }

  /** @param {Lane[]} lanes */
  #draw(lanes) {
    const canvas = /** @type {HTMLCanvasElement | null} */ (document.querySelector(".grid canvas"));
    const around = canvas?.parentElement;
    if (!canvas || !around) return;
    const { paddingLeft, paddingRight } = getComputedStyle(around);
    const width = around.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    if (width <= 0) return;
    this.#cell = Math.max(7, Math.min(16, Math.floor(Math.sqrt((width * 360) / lanes.length))));
    this.#perRow = Math.max(1, Math.floor(width / this.#cell));
    const height = Math.ceil(lanes.length / this.#perRow) * this.#cell;
    const scale = devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
    const g = canvas.getContext("2d");
    if (!g) return;
    g.scale(scale, scale);
    const inner = this.#cell - 2;
    lanes.forEach((lane, i) => {
      const x = (i % this.#perRow) * this.#cell;
      const y = Math.floor(i / this.#perRow) * this.#cell;
      const isDead = lane.state === "lost" || lane.state === "gone";
      g.fillStyle = colour(isDead ? "lost" : "line");
      g.fillRect(x, y, inner, inner);
      const share = isDead ? 0 : load(lane);
      if (share > 0) {
        g.fillStyle = colour(lane.worker?.draining ? "warn" : "run");
        g.fillRect(x, y + inner * (1 - share), inner, inner * share);
      }
      if (isDead) {
        g.strokeStyle = colour("lost-ink");
        g.beginPath();
        g.moveTo(x, y);
        g.lineTo(x + inner, y + inner);
        g.moveTo(x + inner, y);
        g.lineTo(x, y + inner);
        g.stroke();
      }
    });
  }

  /** @param {MouseEvent} event */
  #at(event) {
    const column = Math.floor(event.offsetX / this.#cell);
    if (column >= this.#perRow) return undefined;
    return this.model.lanes()[Math.floor(event.offsetY / this.#cell) * this.#perRow + column];
  }

  /** @param {SubmitEvent} event */
  #find = (event) => {
    event.preventDefault();
    const wanted = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("pid") ?? "").trim();
    const lane = this.model.lane(wanted) ?? this.model.lanes().find(({ pid }) => pid.includes(wanted));
    if (lane) {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); // Keys are the lane's now.
      this.choose(lane.pid);
    } else say(html`No worker's pid contains “<bdi>${wanted}</bdi>”.`);
  };

  /** @param {MouseEvent} event */
  #clicked = (event) => {
    const lane = this.#at(event);
    if (lane) this.choose(lane.pid);
  };

  /** @param {MouseEvent} event */
  #moved = (event) => {
    /** @type {HTMLElement} */ (event.currentTarget).title = this.#at(event)?.pid ?? "";
  };
}

/** @param {Lane} lane */
function load(lane) {
  if (!lane.worker) return 0;
  return lane.worker.slots === null ? (lane.worker.load > 0 ? 1 : 0) : Math.min(1, lane.worker.load / Math.max(1, lane.worker.slots));
}

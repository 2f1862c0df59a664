// @ts-check
// The hand-overs: a line from the bar that was cut to the survivor's, and on it how long it took and why.

import { html, nothing, svg } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { beginning } from "./relay-geometry.js";
import { causeWords, span } from "./words.js";

/** @typedef {import("./relay-geometry.js").Geometry} Geometry */
/** @typedef {import("./relay-model.js").HandOver} HandOver */

/** More labels than that would hide what they are about. */
const MOST_LABELS = 12;
const LABEL_ROOM = 21;

/**
 * @typedef {{ one: HandOver, key: string, x1: number, y1: number, x2: number, y2: number, isOpen: boolean, label: { x: number, y: number, toLeft: boolean } | null }} Line
 */

/**
 * @param {HandOver[]} handOvers
 * @param {Geometry} geometry
 * @param {number} scroll
 * @param {number} height
 * @returns {Line[]}
 */
export function batonLines(handOvers, geometry, scroll, height) {
  /** @type {Line[]} */
  const lines = [];
  for (const one of handOvers.toReversed()) {
    if (one.cutAt > geometry.now) continue;
    const from = geometry.line(one.from);
    const to = one.to && geometry.line(one.to);
    if (!from) continue;
    const x1 = geometry.x(one.cutAt);
    const y1 = from.top + from.height / 2 - scroll;
    const isOpen = !one.to || (one.toAt ?? 0) > geometry.now;
    const x2 = isOpen ? geometry.x(geometry.now) : Math.max(x1, geometry.x(beginning(/** @type {import("./relay-model.js").Bar} */ (one.to))), geometry.x(one.toAt ?? 0));
    const y2 = to && !isOpen ? to.top + to.height / 2 - scroll : y1;
    if (x2 < geometry.left || (y1 < 0 && y2 < 0) || (y1 > height && y2 > height)) continue;
    if (!to && !isOpen) continue;
    lines.push({ one, key: `${one.from.id}/${one.from.version}/${one.cutAt}`, x1, y1, x2, y2, isOpen, label: null });
  }
  placeLabels(lines, geometry, height);
  return lines;
}

/**
 * In the lane that has ended, where nothing else is drawn any more; beside the line while there is no room yet. None stands
 * over another.
 * @param {Line[]} lines
 * @param {Geometry} geometry
 * @param {number} height
 */
function placeLabels(lines, geometry, height) {
  const room = geometry.width < 560 ? 90 : 165;
  /** @type {{ x: number, y: number }[]} */
  const taken = [];
  for (const line of lines.slice(0, MOST_LABELS)) {
    const end = Math.max(line.x1, line.x2);
    const isInLane = !line.isOpen && geometry.width - end > room + 24;
    const x = isInLane ? Math.max(end, geometry.left) : line.isOpen ? line.x1 : (line.x1 + line.x2) / 2;
    let y = isInLane ? line.y1 : (line.y1 + line.y2) / 2;
    y = Math.min(height - 14, Math.max(14, y));
    while (taken.some((other) => Math.abs(other.y - y) < LABEL_ROOM && Math.abs(other.x - x) < room)) y += LABEL_ROOM;
    if (y > height - 10) continue;
    line.label = { x, y, toLeft: !isInLane && x - geometry.left > room + 24 };
    taken.push({ x, y });
  }
}

/** @param {Line[]} lines */
export function batonPaths(lines) {
  return repeat(
    lines.toReversed(),
    (line) => line.key,
    ({ x1, y1, x2, y2, isOpen, one }) =>
      svg`<g class=${isOpen ? "baton open" : "baton"} data-cause=${one.cause}>
        <path class="halo" d=${curve(x1, y1, x2, y2)} />
        <path class="line" d=${curve(x1, y1, x2, y2)} pathLength="1" />
        <circle class="from" cx=${round(x1)} cy=${round(y1)} r="4" />
        ${isOpen ? nothing : svg`<circle class="to" cx=${round(x2)} cy=${round(y2)} r="5" />`}
      </g>`,
  );
}

/**
 * @param {Line[]} lines
 * @param {number} now
 * @param {(id: string) => void} choose
 */
export function batonLabels(lines, now, choose) {
  return repeat(
    lines.filter((line) => line.label),
    (line) => line.key,
    ({ one, label, isOpen }) =>
      html`<button
        class="baton-label ${isOpen ? "open" : ""}"
        .style=${`transform: translate(${round(label?.x ?? 0)}px, ${round(label?.y ?? 0)}px) translate(${label?.toLeft ? "calc(-100% - 12px)" : "12px"}, -50%)`}
        title="${one.from.id}: ${one.from.pid} → ${one.to?.pid ?? "?"}"
        @click=${() => choose(one.from.id)}
      >
        ${isOpen ? `waits ${span(Math.floor((now - one.cutAt) / 100) * 100)}` : span((one.toAt ?? 0) - one.cutAt)}<span class="cause">, ${causeWords(one.cause)}</span>
      </button>`,
  );
}

/**
 * It leaves along the dead lane, crosses, and arrives along the survivor's.
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
function curve(x1, y1, x2, y2) {
  if (y1 === y2 && x2 - x1 > 20) return `M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}`;
  const bend = Math.max(26, (x2 - x1) * 0.6);
  return `M${round(x1)} ${round(y1)}C${round(x1 + bend)} ${round(y1)} ${round(x2 - bend)} ${round(y2)} ${round(x2)} ${round(y2)}`;
}

/** @param {number} n */
function round(n) {
  return Math.round(n * 10) / 10;
}

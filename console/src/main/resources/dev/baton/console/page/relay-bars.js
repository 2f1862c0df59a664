// @ts-check
// Draws the lanes and their bars on a canvas.

import { beginning } from "./relay-geometry.js";
import { colour } from "./theme.js";
import { causeWords, clock, roughSpan, shortened } from "./words.js";

/** @typedef {import("./relay-geometry.js").Geometry} Geometry */
/** @typedef {import("./relay-model.js").Bar} Bar */
/** @typedef {import("./relay-model.js").Lane} Lane */
/** @typedef {{ x: number, y: number, width: number, height: number, bar: Bar }} Spot where a bar was drawn */

const LEAST_WIDTH = 3;
const FONT = '12px Inter, ui-sans-serif, system-ui, sans-serif';
const SMALL = '11px Inter, ui-sans-serif, system-ui, sans-serif';

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Geometry} geometry
 * @param {number} scroll
 * @param {number} height of what is seen
 * @param {string} chosen the id of the call that is looked at
 * @param {string} chosenLane
 * @returns {Spot[]}
 */
export function drawBars(g, geometry, scroll, height, chosen, chosenLane) {
  /** @type {Spot[]} */
  const spots = [];
  const { left, width } = geometry;
  g.clearRect(0, 0, width, height);
  const [from, to] = geometry.seen(scroll, scroll + height);
  for (let i = from; i < to; i++) {
    const lane = geometry.lanes[i];
    const top = geometry.top(i) - scroll;
    const bottom = geometry.top(i + 1) - scroll;
    const isDead = lane.state === "lost" || lane.state === "gone";
    if (isDead || lane.pid === chosenLane) {
      g.fillStyle = colour(isDead ? "sunken" : "lane");
      g.fillRect(0, top, width, bottom - top);
    }
    if (lane.pid === chosenLane) {
      g.fillStyle = colour("focus");
      g.fillRect(0, top, 3, bottom - top);
    }
    g.fillStyle = colour("line");
    g.fillRect(0, bottom - 1, width, 1);
  }
  drawGrid(g, geometry, height);
  g.save();
  g.beginPath();
  g.rect(left, 0, width - left, height);
  g.clip();
  for (let i = from; i < to; i++) {
    const lane = geometry.lanes[i];
    for (const bar of lane.bars) {
      const spot = place(bar, geometry, scroll);
      if (!spot) continue;
      drawBar(g, spot, geometry, bar.id === chosen);
      spots.push(spot);
    }
    if (lane.state === "lost" || lane.state === "gone") drawEnd(g, lane, geometry, geometry.top(i) - scroll, geometry.top(i + 1) - scroll);
  }
  g.restore();
  return spots;
}

/**
 * @param {Bar} bar
 * @param {Geometry} geometry
 * @param {number} scroll
 * @returns {Spot | null} null if it is not seen
 */
function place(bar, geometry, scroll) {
  const line = geometry.line(bar);
  if (!line) return null;
  const x = geometry.x(beginning(bar));
  const end = geometry.x(bar.endAt ?? geometry.now);
  if (end < geometry.left || x > geometry.width) return null;
  return { x, y: line.top - scroll, width: Math.max(LEAST_WIDTH, end - x), height: line.height, bar };
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Spot} spot
 * @param {Geometry} geometry
 * @param {boolean} isChosen
 */
function drawBar(g, spot, geometry, isChosen) {
  const { bar, x, y, width, height } = spot;
  const isOpen = bar.endAt === null;
  const isCut = bar.how === "returned";
  const heldFrom = bar.takenAt === null ? x + width : Math.max(x, geometry.x(bar.takenAt));
  if (heldFrom > x + 1) hatch(g, x, y, heldFrom - x, height, colour(isCut ? "lost-ink" : "run"));
  if (heldFrom < x + width) {
    const doubt = isOpen && bar.doubtAt !== null ? Math.max(heldFrom, geometry.x(bar.doubtAt)) : x + width;
    g.fillStyle = fill(bar);
    shape(g, heldFrom, y, Math.max(LEAST_WIDTH, doubt - heldFrom), height, isCut || doubt < x + width);
    g.fill();
    if (isCut) {
      g.strokeStyle = colour("lost-ink");
      g.lineWidth = 1;
      g.stroke();
    }
    if (doubt < x + width) {
      g.setLineDash([3, 3]);
      g.strokeStyle = colour("baton");
      g.lineWidth = 1.5;
      g.strokeRect(doubt, y + 0.75, x + width - doubt, height - 1.5);
      g.setLineDash([]);
    }
  }
  if (isChosen) {
    g.strokeStyle = colour("ink");
    g.lineWidth = 2;
    g.beginPath();
    g.roundRect(x - 2, y - 2, width + 4, height + 4, 6);
    g.stroke();
  }
  if (height >= 15 && width > 34) label(g, spot, heldFrom, geometry);
}

/** @param {Bar} bar */
function fill(bar) {
  if (bar.endAt === null) return colour("run");
  if (bar.how === "returned") return colour("lost");
  if (bar.state.startsWith("rejected")) return colour("bad-soft");
  if (bar.how === "halted") return colour("warn-soft");
  return colour("run-done");
}

/**
 * A bar; one that was cut ends in teeth.
 * @param {CanvasRenderingContext2D} g
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {boolean} isCut
 */
function shape(g, x, y, width, height, isCut) {
  g.beginPath();
  if (!isCut || width < 8) {
    g.roundRect(x, y, width, height, Math.min(4, width / 2));
    return;
  }
  const teeth = Math.max(2, Math.round(height / 6));
  const step = height / teeth;
  g.moveTo(x + 4, y);
  g.lineTo(x + width, y);
  for (let i = 0; i < teeth; i++) {
    g.lineTo(x + width - 4, y + (i + 0.5) * step);
    g.lineTo(x + width, y + (i + 1) * step);
  }
  g.lineTo(x + 4, y + height);
  g.arcTo(x, y + height, x, y + height - 4, 4);
  g.lineTo(x, y + 4);
  g.arcTo(x, y, x + 4, y, 4);
  g.closePath();
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {string} ink
 */
function hatch(g, x, y, width, height, ink) {
  g.save();
  g.beginPath();
  g.roundRect(x, y, width, height, 4);
  g.clip();
  g.strokeStyle = ink;
  g.lineWidth = 1.2;
  g.beginPath();
  for (let at = x - height; at < x + width; at += 6) {
    g.moveTo(at, y + height);
    g.lineTo(at + height, y);
  }
  g.stroke();
  g.restore();
  g.strokeStyle = ink;
  g.lineWidth = 1;
  g.beginPath();
  g.roundRect(x + 0.5, y + 0.5, Math.max(1, width - 1), height - 1, 4);
  g.stroke();
}

/**
 * Some fonts make 5x7 a product, and a canvas knows no way to keep them from it.
 * @param {string} text
 */
function asItIs(text) {
  return text.replace(/(?<=\d)x(?=\d)/g, "\u200cx\u200c");
}

const GLYPHS = { suspended: "❙❙", halted: "■", settled: "" };

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Spot} spot
 * @param {number} heldFrom
 * @param {Geometry} geometry
 */
function label(g, { bar, x, y, width, height }, heldFrom, geometry) {
  const begin = Math.max(heldFrom < x + width - 20 ? heldFrom : x, geometry.left) + 7;
  const room = x + width - begin - 6;
  if (room < 24) return;
  const isBad = bar.state.startsWith("rejected");
  const glyph = isBad ? "✕ " : (GLYPHS[/** @type {keyof typeof GLYPHS} */ (bar.how)] ?? "");
  g.font = FONT;
  g.textBaseline = "middle";
  g.fillStyle =
    bar.takenAt === null
      ? colour("ink")
      : bar.endAt === null
        ? colour("run-ink")
        : bar.how === "returned"
          ? colour("lost-ink")
          : isBad
            ? colour("bad")
            : bar.how === "halted"
              ? colour("warn")
              : colour("run-done-ink");
  const text = `${glyph}${glyph && !glyph.endsWith(" ") ? " " : ""}${bar.id}${bar.version > 1 ? `  ×${bar.version}` : ""}`;
  const letters = Math.floor(room / 6.9);
  if (letters < 4) return;
  const drawn = asItIs(shortened(text, letters));
  if (bar.takenAt === null) {
    const ink = g.fillStyle;
    g.fillStyle = colour("sheet");
    g.beginPath();
    g.roundRect(begin - 4, y + 2, g.measureText(drawn).width + 8, height - 4, 3); // Nobody reads what is hatched.
    g.fill();
    g.fillStyle = ink;
  }
  g.fillText(drawn, begin, y + height / 2 + 0.5);
}

/**
 * Where a lane ends, and why.
 * @param {CanvasRenderingContext2D} g
 * @param {Lane} lane
 * @param {Geometry} geometry
 * @param {number} top
 * @param {number} bottom
 */
function drawEnd(g, lane, geometry, top, bottom) {
  const x = Math.max(geometry.left + 1, geometry.x(lane.since));
  g.fillStyle = colour("lost-ink");
  g.fillRect(x, top + 8, 1.5, bottom - top - 16);
  // A hand-over's label says it already.
  if (lane.bars.some((bar) => bar.how === "returned")) return;
  const words = `✕ ${lane.cause ? causeWords(lane.cause) : lane.state} ${roughSpan(geometry.now - lane.since)} ago`;
  g.font = FONT;
  g.textBaseline = "middle";
  const wide = g.measureText(words).width;
  if (x + 10 + wide < geometry.width) g.fillText(words, x + 10, (top + bottom) / 2);
}

const STEPS = [1, 5, 10, 30, 60];

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Geometry} geometry
 * @param {number} height
 */
function drawGrid(g, geometry, height) {
  g.fillStyle = colour("line");
  for (const at of ticks(geometry)) g.fillRect(Math.round(geometry.x(at)), 0, 1, height);
  g.fillStyle = colour("line-2");
  g.fillRect(Math.round(geometry.x(geometry.now)), 0, 1, height);
}

/** @param {Geometry} geometry */
function ticks(geometry) {
  const room = geometry.width - geometry.left;
  const step = (STEPS.find((s) => (room * s * 1000) / geometry.windowMs > 84) ?? 60) * 1000;
  const all = [];
  for (let at = Math.floor(geometry.now / step) * step; geometry.x(at) > geometry.left; at -= step) all.push(at);
  return all;
}

/**
 * What waits, as an area, with the times below it.
 * @param {CanvasRenderingContext2D} g
 * @param {Geometry} geometry
 * @param {{ at: number, ready: number }[]} samples
 * @param {number} height
 */
export function drawWaiting(g, geometry, samples, height) {
  const { left, width, now } = geometry;
  const floor = height - 20;
  g.clearRect(0, 0, width, height);
  g.font = SMALL;
  g.textBaseline = "alphabetic";
  for (const at of ticks(geometry)) {
    const x = Math.round(geometry.x(at));
    g.fillStyle = colour("line");
    g.fillRect(x, 0, 1, floor + 4);
    g.fillStyle = colour("ink-2");
    if (x - 26 > left && x + 26 < width) g.fillText(clock(at), x - 24, height - 5);
  }
  const shown = samples.filter((sample, i) => sample.at <= now && (samples[i + 1]?.at ?? now) >= now - geometry.windowMs);
  const most = Math.max(1, ...shown.map((sample) => sample.ready));
  g.save();
  g.beginPath();
  g.rect(left, 0, width - left, height);
  g.clip();
  g.beginPath();
  /** @param {number} ready */
  const y = (ready) => floor - (ready / most) * (floor - 10);
  shown.forEach((sample, i) => {
    const x = geometry.x(sample.at);
    if (i === 0) g.moveTo(x, floor);
    g.lineTo(x, i === 0 ? y(sample.ready) : y(shown[i - 1].ready));
    g.lineTo(x, y(sample.ready));
  });
  if (shown.length > 0) {
    g.lineTo(geometry.x(now), y(shown[shown.length - 1].ready));
    g.lineTo(geometry.x(now), floor);
    g.closePath();
    g.fillStyle = colour("wait");
    g.globalAlpha = 0.55;
    g.fill();
    g.globalAlpha = 1;
  }
  g.restore();
  g.fillStyle = colour("line-2");
  g.fillRect(left, floor, width - left, 1);
}

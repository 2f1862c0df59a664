// @ts-check
// Where on the stage a lane, a bar and an instant are.

/** @typedef {import("./relay-model.js").Lane} Lane */
/** @typedef {import("./relay-model.js").Bar} Bar */

const LEAST_LANE = 52;
const PADDING = 11;
const GAP = 3;
/** Between the present and the right edge. */
const AHEAD = 18;

export class Geometry {
  /** @type {number[]} where each lane begins, and where the last one ends */
  #tops = [0];
  /** @type {Map<string, number>} */
  #index = new Map();

  /**
   * @param {Lane[]} lanes
   * @param {number} left where time begins
   * @param {number} width of the stage
   * @param {number} now
   * @param {number} windowMs
   */
  constructor(lanes, left, width, now, windowMs) {
    this.lanes = lanes;
    this.left = left;
    this.width = width;
    this.now = now;
    this.windowMs = windowMs;
    let top = 0;
    lanes.forEach((lane, i) => {
      this.#index.set(lane.pid, i);
      top += laneHeight(lane);
      this.#tops.push(top);
    });
  }

  get height() {
    return this.#tops[this.lanes.length];
  }

  /** @param {number} at epoch ms */
  x(at) {
    const right = this.width - AHEAD;
    return right - ((this.now - at) / this.windowMs) * (right - this.left);
  }

  /** @param {number} i of a lane */
  top(i) {
    return this.#tops[i];
  }

  /** @param {string} pid */
  indexOf(pid) {
    return this.#index.get(pid) ?? -1;
  }

  /**
   * @param {number} y
   * @returns {number} which lane is there
   */
  laneAt(y) {
    let low = 0;
    let high = this.lanes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Those of which something is seen.
   * @param {number} from
   * @param {number} to
   * @returns {[number, number]} the first, and the one behind the last
   */
  seen(from, to) {
    if (this.lanes.length === 0) return [0, 0];
    return [this.laneAt(Math.max(0, from)), Math.min(this.lanes.length, this.laneAt(to) + 1)];
  }

  /**
   * @param {Bar} bar
   * @returns {{ top: number, height: number } | null}
   */
  line(bar) {
    const i = this.indexOf(bar.pid);
    if (i < 0) return null;
    const { tracks } = this.lanes[i];
    const room = this.#tops[i + 1] - this.#tops[i] - 2 * PADDING;
    const height = (room - GAP * (tracks - 1)) / tracks;
    return { top: this.#tops[i] + PADDING + bar.track * (height + GAP), height };
  }
}

/** @param {Lane} lane */
function laneHeight(lane) {
  const line = lane.tracks <= 2 ? 18 : lane.tracks <= 4 ? 13 : 9;
  return Math.max(LEAST_LANE, 2 * PADDING + lane.tracks * line + (lane.tracks - 1) * GAP);
}

/** @param {Bar} bar */
export function beginning(bar) {
  return bar.sentAt ?? bar.takenAt ?? 0;
}

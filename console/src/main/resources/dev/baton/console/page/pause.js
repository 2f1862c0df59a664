// @ts-check
// Whether the view stands still, and since when.

import { serverNow } from "./session.js";
import { redraw } from "./redraw.js";

/** @type {number | null} */
let pausedAt = null;

export function isPaused() {
  return pausedAt !== null;
}

/** The instant that the view shows. */
export function shownNow() {
  return pausedAt ?? serverNow();
}

export function togglePause() {
  pausedAt = pausedAt === null ? serverNow() : null;
  redraw();
}

export function endPause() {
  pausedAt = null;
}

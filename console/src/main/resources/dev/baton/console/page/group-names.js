// @ts-check
// The groups that somebody may switch to.

import { redraw } from "./redraw.js";
import { get } from "./server.js";
import { naturally } from "./words.js";

/** @type {string[]} */
let names = [];
let askedAt = -Infinity;

export function groupNames() {
  return names;
}

/** @param {string[]} known */
export function knowGroups(known) {
  names = known.toSorted(naturally);
  askedAt = performance.now();
}

/** Asks for them unless they are known from a moment ago. */
export async function askForGroups() {
  if (performance.now() - askedAt < 5_000) return;
  askedAt = performance.now();
  try {
    const answer = await get("groups");
    knowGroups(answer.groups.map((/** @type {{ group: string }} */ group) => group.group));
    redraw();
  } catch {
    // The switcher offers what it knows; the light says how the server is.
  }
}

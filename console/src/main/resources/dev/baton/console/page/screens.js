// @ts-check
// The screens.

import { call } from "./call-screen.js";
import { calls } from "./calls-screen.js";
import { groups } from "./groups-screen.js";
import { newCall } from "./new-call-screen.js";
import { people } from "./people-screen.js";
import { relay } from "./relay-screen.js";
import { schedules } from "./schedules-screen.js";

/**
 * @typedef {object} Screen
 * @property {() => string} title
 * @property {() => unknown} body
 * @property {() => import("./keyboard.js").Key[]} [keys]
 * @property {() => void} [settings] the address has other settings now
 * @property {() => void} [drawn] after each drawing
 * @property {() => void} close
 */

/** @typedef {(name: string) => Screen} Opener opens a screen of something: a group, a call */

/** @type {Record<string, Opener>} */
const SCREENS = { groups, relay, calls, call, people, schedules, new: newCall };

/**
 * @param {string} screen as the address calls it; another one is that of the groups
 * @returns {Opener}
 */
export function opener(screen) {
  return Object.hasOwn(SCREENS, screen) ? SCREENS[screen] : groups;
}

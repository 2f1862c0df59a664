// @ts-check
// The screens, each of modules of its own. Those of the screen that the address names come at once, beside the frame's, and
// those of the others when it is there. What a screen consists of is said by index.html, in templates, which a browser leaves
// alone until somebody takes out what is in them.

import { here } from "./address.js";

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

/** @type {Record<string, () => Promise<Opener>>} */
const SCREENS = {
  groups: async () => (await import("./groups-screen.js")).groups,
  relay: async () => (await import("./relay-screen.js")).relay,
  calls: async () => (await import("./calls-screen.js")).calls,
  call: async () => (await import("./call-screen.js")).call,
  people: async () => (await import("./people-screen.js")).people,
  schedules: async () => (await import("./schedules-screen.js")).schedules,
  new: async () => (await import("./new-call-screen.js")).newCall,
};

/**
 * @param {string} screen as the address calls it; another one is that of the groups
 * @returns {Promise<Opener>}
 */
export function opener(screen) {
  fetchPartsOf(screen);
  return SCREENS[known(screen)]();
}

/** The other screens are to be at hand, too, also when the server is not. */
export function fetchAll() {
  Object.keys(SCREENS).forEach(fetchPartsOf);
}

/** @param {string} screen */
function known(screen) {
  return Object.hasOwn(SCREENS, screen) ? screen : "groups";
}

/**
 * All of them at once, and not one after the other as they name each other.
 * @param {string} screen
 */
function fetchPartsOf(screen) {
  const template = document.querySelector(`template[data-screen=${known(screen)}]`);
  if (template instanceof HTMLTemplateElement) document.head.append(template.content);
}

fetchPartsOf(here().screen);

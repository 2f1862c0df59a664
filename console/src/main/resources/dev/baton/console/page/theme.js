// @ts-check
// Light, dark, or as the system has it.

import { redraw } from "./redraw.js";

/** @typedef {"system" | "light" | "dark"} Theme */

const KEY = "baton.theme";
const NEXT = /** @type {const} */ ({ system: "light", light: "dark", dark: "system" });

/** @type {Map<string, string>} */
let colours = new Map();
/** @type {Theme} */
let theme = read();
apply();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => forget());

export function currentTheme() {
  return theme;
}

export function nextTheme() {
  theme = NEXT[theme];
  localStorage.setItem(KEY, theme);
  apply();
  redraw();
}

/**
 * A colour of the style sheet, for canvases.
 * @param {string} name
 */
export function colour(name) {
  let found = colours.get(name);
  if (found === undefined) {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    found = getComputedStyle(probe).color;
    probe.remove();
    colours.set(name, found);
  }
  return found;
}

function forget() {
  colours = new Map();
  redraw();
}

function apply() {
  colours = new Map();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** @returns {Theme} */
function read() {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

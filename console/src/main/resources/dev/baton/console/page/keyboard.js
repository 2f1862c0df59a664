// @ts-check
// What keys do. Those of the screen come first, then those of the page.

import { html } from "./lit/lit-html.js";
import { go, link } from "./address.js";
import { isAsking, openDialog } from "./dialog.js";

/** @typedef {{ keys: string, does: string, run: () => void }} Key `keys`: one, or two after each other: "g r" */

/** @type {() => Key[]} */
let ofScreen = () => [];
let first = "";
let firstAt = 0;

/** @type {Key[]} */
const OF_PAGE = [
  { keys: "/", does: "search", run: () => document.getElementById("search")?.focus() },
  { keys: "g g", does: "groups", run: () => go(link("groups")) },
  { keys: "g r", does: "relay of the last group", run: () => go(link("relay", lastGroup())) },
  { keys: "g c", does: "calls", run: () => go(link("calls")) },
  { keys: "g w", does: "what waits for people", run: () => go(link("people")) },
  { keys: "g s", does: "schedules", run: () => go(link("schedules")) },
  { keys: "n", does: "new call", run: () => go(link("new")) },
  { keys: "?", does: "these keys", run: showKeys },
];

let lastGroup = () => "";

/**
 * @param {() => Key[]} screen
 * @param {() => string} group
 */
export function listen(screen, group) {
  ofScreen = screen;
  lastGroup = group;
  addEventListener("keydown", pressed);
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isAsking()) return;
  if (event.target instanceof HTMLElement && event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const onControl = event.target instanceof HTMLElement && event.target.closest("a, button, summary, input");
  if (onControl && (event.key === "Enter" || event.key === " ")) return;
  const pair = event.timeStamp - firstAt < 1_200 ? first + " " + event.key : "";
  const all = [...ofScreen(), ...OF_PAGE];
  const name = event.key === " " ? "Space" : event.key;
  const key = all.find((k) => pair && k.keys === pair) ?? all.find((k) => k.keys === name);
  if (key) {
    event.preventDefault();
    first = "";
    key.run();
  } else {
    first = event.key;
    firstAt = event.timeStamp;
  }
}

function showKeys() {
  openDialog({
    title: "Keys",
    body: () => html`<dl class="keys">
      ${[...ofScreen(), ...OF_PAGE].map(
        ({ keys, does }) => html`<div><dt>${keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${does}</dd></div>`,
      )}
    </dl>`,
  });
}

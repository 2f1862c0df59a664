// @ts-check
// The page: the frame, and in it the screen that the address names.

import { render } from "./lit/lit-html.js";
import { here, link } from "./address.js";
import { calls } from "./calls-screen.js";
import { call } from "./call-screen.js";
import { frame } from "./frame.js";
import { groups } from "./groups-screen.js";
import { listen } from "./keyboard.js";
import { newCall } from "./new-call-screen.js";
import { people } from "./people-screen.js";
import { drawWith, redraw } from "./redraw.js";
import { relay } from "./relay-screen.js";
import { schedules } from "./schedules-screen.js";
import { ask, currentSession, onSession, takeTokenFromAddress } from "./session.js";

/**
 * @typedef {object} Screen
 * @property {() => string} title
 * @property {() => unknown} body
 * @property {() => import("./keyboard.js").Key[]} [keys]
 * @property {() => void} [settings] the address has other settings now
 * @property {() => void} [drawn] after each drawing
 * @property {() => void} close
 */

/** @type {Record<string, (name: string) => Screen>} */
const SCREENS = { groups, relay, calls, call, people, schedules, new: newCall };

const RETRY_MS = 3_000;

/** @type {Screen | null} */
let screen = null;
let shown = "";
let lastGroup = sessionStorage.getItem("baton.group") ?? "";

function turn() {
  const { screen: which, name } = here();
  const what = which + "/" + name;
  if (what === shown) {
    screen?.settings?.();
    redraw();
    return;
  }
  screen?.close();
  shown = what;
  if (which === "relay" && name) {
    lastGroup = name;
    sessionStorage.setItem("baton.group", name);
  }
  screen = (SCREENS[which] ?? groups)(name);
  scrollTo(0, 0);
  redraw();
}

function draw() {
  const title = screen?.title() ?? "";
  document.title = (title ? title + " · " : "") + "Baton";
  render(frame(screen, here(), lastGroup), /** @type {HTMLElement} */ (document.getElementById("page")));
  screen?.drawn?.();
}

takeTokenFromAddress();
drawWith(draw);
listen(
  () => screen?.keys?.() ?? [],
  () => lastGroup,
);
addEventListener("hashchange", () => {
  if (takeTokenFromAddress()) ask();
  turn();
});
onSession(() => {
  // What was refused is asked again.
  if (currentSession().kind !== "in") return;
  shown = "";
  turn();
});
if (!location.hash) history.replaceState(null, "", link("groups"));
turn();
ask();
// A server that was away, and one that is another version now.
setInterval(() => {
  if (currentSession().kind === "away") ask();
}, RETRY_MS);

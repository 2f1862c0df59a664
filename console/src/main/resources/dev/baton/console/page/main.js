// @ts-check
// The page: the frame, and in it the screen that the address names.

import { render } from "./lit/lit-html.js";
import { here, link } from "./address.js";
import { frame } from "./frame.js";
import { listen } from "./keyboard.js";
import { drawWith, redraw } from "./redraw.js";
import { opener } from "./screens.js";
import { ask, currentSession, onSession, takeTokenFromAddress } from "./session.js";

/** @typedef {import("./screens.js").Screen} Screen */

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
  screen = opener(which)(name);
  scrollTo(0, 0);
  redraw();
}

function turnAnew() {
  shown = "";
  turn();
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
  if (currentSession().kind === "in") turnAnew();
});
if (!location.hash) history.replaceState(null, "", link("groups"));
turn();
ask();
// A server that was away, and one that is another version now.
setInterval(() => {
  if (currentSession().kind === "away") ask();
}, RETRY_MS);

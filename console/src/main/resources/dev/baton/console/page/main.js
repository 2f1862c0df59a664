// @ts-check
// The page: the frame, and in it the screen that the address names.

import { render } from "./lit/lit-html.js";
import { here, link } from "./address.js";
import { failureFrom } from "./failure.js";
import { frame } from "./frame.js";
import { listen } from "./keyboard.js";
import { drawWith, redraw } from "./redraw.js";
import { fetchAll, opener } from "./screens.js";
import { ask, currentSession, onSession, takeTokenFromAddress } from "./session.js";
import { failed, loading } from "./states.js";

/** @typedef {import("./screens.js").Screen} Screen */

const RETRY_MS = 3_000;
/** What is fetched while the first view is drawn holds it up. */
const FETCH_ALL_AFTER_MS = 1_000;

/** @type {Screen | null} */
let screen = null;
let shown = "";
let lastGroup = sessionStorage.getItem("baton.group") ?? "";
let isAllFetched = false;

async function turn() {
  const { screen: which, name } = here();
  const what = which + "/" + name;
  if (what === shown) {
    screen?.settings?.();
    redraw();
    return;
  }
  screen?.close();
  screen = onItsWay();
  shown = what;
  if (which === "relay" && name) {
    lastGroup = name;
    sessionStorage.setItem("baton.group", name);
  }
  const open = await opener(which).catch((thrown) => () => unreachable(thrown));
  if (shown !== what) return;
  screen = open(name);
  scrollTo(0, 0);
  redraw();
}

/** @returns {Screen} */
function onItsWay() {
  const since = performance.now();
  return { title: () => "", body: () => loading(since), close() {} };
}

/**
 * The screen's modules did not come.
 * @param {unknown} thrown
 * @returns {Screen}
 */
function unreachable(thrown) {
  const failure = failureFrom(thrown);
  const timer = setTimeout(turnAnew, RETRY_MS);
  return { title: () => "", body: () => failed(failure, "this screen", () => location.reload()), close: () => clearTimeout(timer) };
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
  if (!isAllFetched && !document.querySelector("main [aria-busy]")) {
    isAllFetched = true;
    setTimeout(fetchAll, FETCH_ALL_AFTER_MS);
  }
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

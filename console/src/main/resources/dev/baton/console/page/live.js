// @ts-check
// The one event stream of this tab: which view it shows, and how it is.

import { follow } from "./event-stream.js";
import { redraw } from "./redraw.js";
import { currentSession, onSession, serverSays } from "./session.js";
import { post } from "./server.js";

/** @typedef {import("./event-stream.js").StreamState} StreamState */
/** @typedef {{ snapshot: (data: any, boot: string) => void, delta: (data: any) => void, gap: (data: any) => void }} Follower */

/** @type {StreamState} */
let state = { kind: "connecting" };
/** @type {string | null} */
let view = null;
/** @type {Follower | null} */
let follower = null;
/** @type {(() => void) | null} */
let end = null;
let stream = "";
let ticking = 0;

export function streamState() {
  return state;
}

/**
 * From now on the stream shows that.
 * @param {string} which as `GET /live` calls it
 * @param {Follower} who
 */
export function watch(which, who) {
  if (view === which && follower === who) return;
  view = which;
  follower = who;
  open();
}

const nobody = { snapshot() {}, delta() {}, gap() {} };

/** For a screen that asks by itself: the stream only says that the server is there. */
export function watchNothing() {
  watch("groups", nobody);
}

/**
 * Tells the server which lanes are looked at.
 * @param {string[]} lanes
 */
export function see(lanes) {
  if (stream && state.kind === "live") post("live/" + encodeURIComponent(stream), { lanes }).catch(() => {});
}

/** Tries again now, without waiting any longer. */
export function tryAgain() {
  open();
}

onSession(() => open());

function open() {
  end?.();
  end = null;
  stream = "";
  if (view === null || follower === null || currentSession().kind === "signed-out") return;
  const who = follower;
  end = follow("live?view=" + encodeURIComponent(view), {
    on(events) {
      for (const event of events) {
        if (typeof event.data.at === "number") serverSays(event.data.at);
        if (event.event === "snapshot") {
          stream = String(event.data.stream ?? "");
          who.snapshot(event.data, event.id.slice(0, event.id.lastIndexOf("-")));
        } else if (event.event === "delta") {
          who.delta(event.data);
        } else if (event.event === "gap") {
          who.gap(event.data);
        }
      }
      redraw();
    },
    state(next) {
      state = next;
      clearInterval(ticking);
      if (next.kind === "reconnecting") ticking = setInterval(redraw, 1000);
      redraw();
    },
  });
}

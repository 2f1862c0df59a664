// @ts-check
// Server-sent events by fetch, which can send a token where EventSource cannot. A stream that breaks is opened again, and
// goes on behind the last event that came.

import { Failure, failureFrom, failureOf } from "./failure.js";
import { credentials, SERVER, signOut } from "./session.js";

/** @typedef {{ event: string, id: string, data: any }} StreamEvent */

/**
 * @typedef {{ kind: "connecting" }
 *   | { kind: "live" }
 *   | { kind: "reconnecting", at: number, failure: Failure }
 *   | { kind: "over", failure: Failure }} StreamState `at`: when it is tried again, by performance.now()
 */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const SILENCES = 3;

/**
 * @param {string} path relative to the server
 * @param {{ on: (events: StreamEvent[]) => void, state: (state: StreamState) => void }} to events come as they arrived together
 * @returns {() => void} ends it
 */
export function follow(path, to) {
  const end = new AbortController();
  run(path, to, end.signal);
  return () => end.abort();
}

/**
 * @param {string} path
 * @param {{ on: (events: StreamEvent[]) => void, state: (state: StreamState) => void }} to
 * @param {AbortSignal} over
 */
async function run(path, to, over) {
  let last = "";
  let pause = FIRST_PAUSE_MS;
  to.state({ kind: "connecting" });
  while (!over.aborted) {
    /** @type {Failure} */
    let failure;
    try {
      await once(path, last, over, () => to.state({ kind: "live" }), (events) => {
        pause = FIRST_PAUSE_MS;
        last = events.findLast((event) => event.id)?.id || last;
        to.on(events);
      });
      failure = new Failure("unreachable", 0, "The stream has ended.");
    } catch (thrown) {
      failure = failureFrom(thrown);
    }
    if (over.aborted) return;
    if (failure.kind === "signed-out") signOut(failure.message);
    if (!failure.passes && failure.kind !== "broken") {
      to.state({ kind: "over", failure });
      return;
    }
    const wait = Math.max(pause * (0.75 + Math.random() / 2), failure.retryAfter * 1000);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    to.state({ kind: "reconnecting", at: performance.now() + wait, failure });
    await sleep(wait, over);
  }
}

/**
 * @param {string} path
 * @param {string} last
 * @param {AbortSignal} over
 * @param {() => void} opened
 * @param {(events: StreamEvent[]) => void} on
 */
async function once(path, last, over, opened, on) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), 15_000);
  try {
    const answer = await fetch(new URL(path, SERVER), {
      headers: { accept: "text/event-stream", ...credentials(), ...(last ? { "last-event-id": last } : {}) },
      cache: "no-store",
      signal: AbortSignal.any([over, silence.signal]),
    });
    if (!answer.ok || !answer.body) throw await failureOf(answer);
    const keepAlive = Number(answer.headers.get("baton-keep-alive-ms")) || 5_000;
    opened();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), keepAlive * SILENCES);
      const { value, done } = await reader.read();
      if (done) return;
      const events = parser.add(value);
      if (events.length > 0) on(events);
    }
  } catch (thrown) {
    if (silence.signal.aborted) throw new Failure("unreachable", 0, "The server is silent.");
    throw thrown;
  } finally {
    clearTimeout(timer);
    silence.abort(); // The connection ends also where the reading did.
  }
}

export class EventParser {
  /** @type {string[]} what came of an event that is not whole yet */
  #rest = [];

  /**
   * @param {string} text
   * @returns {StreamEvent[]} those that are whole now
   */
  add(text) {
    // A large event comes in many pieces: each is looked at once.
    const isEndCut = this.#rest.at(-1)?.endsWith("\n") && text.startsWith("\n");
    if (!isEndCut && !text.includes("\n\n")) {
      this.#rest.push(text);
      return [];
    }
    const parts = (this.#rest.join("") + text).split("\n\n");
    this.#rest = [parts.pop() ?? ""];
    /** @type {StreamEvent[]} */
    const events = [];
    for (const part of parts) {
      const event = { event: "message", id: "", data: "" };
      for (const line of part.split("\n")) {
        const colon = line.indexOf(":");
        if (colon <= 0) continue;
        const field = line.slice(0, colon);
        const value = line.slice(colon + 1).replace(/^ /, "");
        if (field === "data") event.data += (event.data ? "\n" : "") + value;
        else if (field === "event") event.event = value;
        else if (field === "id") event.id = value;
      }
      if (event.data) events.push({ ...event, data: JSON.parse(event.data) });
    }
    return events;
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} over
 */
function sleep(ms, over) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    over.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    addEventListener("online", resolve, { once: true });
  });
}

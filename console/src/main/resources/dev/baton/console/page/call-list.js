// @ts-check
// A list of calls that grows only when somebody asks for it: what is new is counted, and nothing moves under the cursor.

import { failureFrom } from "./failure.js";
import { redraw } from "./redraw.js";
import { get } from "./server.js";

/** @typedef {import("./shapes.js").Call} Call */
/** @typedef {import("./shapes.js").CallPage} CallPage */

const AGAIN_MS = 5_000;
const STEPS = 8;
export const MOST_ROWS = 2_000;

export class CallList {
  /** @type {Call[]} */
  calls = [];
  isKnown = false;
  isBusy = false;
  /** @type {import("./failure.js").Failure | null} */
  failure = null;
  /** @type {string | undefined} */
  cursor;
  lookedAt = 0;
  /** @type {Set<string>} those that a new look would show */
  fresh = new Set();
  since = performance.now();
  #end = new AbortController();
  #timer = 0;

  /**
   * @param {Record<string, string>} question as `GET /calls` takes it
   * @param {boolean} isGrowing whether new ones may come
   */
  constructor(question, isGrowing) {
    this.question = question;
    this.isGrowing = isGrowing;
    this.load();
  }

  close() {
    this.#end.abort();
    clearTimeout(this.#timer);
  }

  /** From the beginning. */
  async load() {
    clearTimeout(this.#timer);
    this.since = performance.now();
    this.isBusy = true;
    redraw();
    try {
      const found = await this.#look(undefined);
      this.calls = found.items;
      this.cursor = found.cursor;
      this.lookedAt = found.lookedAt;
      this.fresh = new Set();
      this.isKnown = true;
      this.failure = null;
    } catch (thrown) {
      if (this.#end.signal.aborted) return;
      this.failure = failureFrom(thrown);
    }
    this.isBusy = false;
    this.#later();
    redraw();
  }

  /** Goes on behind the last one. */
  async more() {
    if (this.cursor === undefined || this.isBusy) return;
    this.isBusy = true;
    redraw();
    try {
      const found = await this.#look(this.cursor);
      const known = new Set(this.calls.map((call) => call.id));
      this.calls = [...this.calls, ...found.items.filter((call) => !known.has(call.id))];
      this.cursor = found.cursor;
      this.lookedAt += found.lookedAt;
      this.failure = null;
    } catch (thrown) {
      if (this.#end.signal.aborted) return;
      this.failure = failureFrom(thrown);
    }
    this.isBusy = false;
    redraw();
  }

  /**
   * A page; empty ones on the way are passed over, up to a point.
   * @param {string | undefined} cursor
   * @returns {Promise<{ items: Call[], cursor?: string, lookedAt: number }>}
   */
  async #look(cursor) {
    let lookedAt = 0;
    for (let step = 0; ; step++) {
      /** @type {CallPage} */
      const page = await get("calls?" + new URLSearchParams({ ...this.question, ...(cursor === undefined ? {} : { cursor }) }), this.#end.signal);
      lookedAt += page.lookedAt ?? 0;
      cursor = page.complete ? undefined : page.cursor;
      if (page.items.length > 0 || cursor === undefined || step >= STEPS) return { items: page.items, cursor, lookedAt };
    }
  }

  #later() {
    clearTimeout(this.#timer);
    if (this.#end.signal.aborted) return;
    const wait = this.failure ? Math.max(AGAIN_MS, this.failure.retryAfter * 1000) : AGAIN_MS;
    if (this.failure && !this.failure.passes) return;
    this.#timer = setTimeout(() => (this.isKnown ? this.#renew() : this.load()), wait);
  }

  /** Those that are shown are told anew, in their places; others are counted. */
  async #renew() {
    if (document.hidden || this.isBusy) {
      this.#later();
      return;
    }
    try {
      const found = await this.#look(undefined);
      const now = new Map(found.items.map((call) => [call.id, call]));
      const last = this.calls.at(Math.min(found.items.length, this.calls.length) - 1);
      this.calls = this.calls.map((call) => now.get(call.id) ?? call);
      if (this.isGrowing) {
        const known = new Set(this.calls.map((call) => call.id));
        this.fresh = new Set([...now.keys()].filter((id) => !known.has(id)));
      }
      this.gone = new Set(found.cursor === undefined || last === undefined ? this.calls.filter((call) => !now.has(call.id)).map((call) => call.id) : []);
      this.failure = null;
    } catch (thrown) {
      if (this.#end.signal.aborted) return;
      this.failure = failureFrom(thrown);
    }
    this.#later();
    redraw();
  }

  /** @type {Set<string>} those that are shown and would not be by a new look */
  gone = new Set();
}

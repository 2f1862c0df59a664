// @ts-check
// All calls that answer to a question, however many: known by pages, of which only those at hand are in memory. Of the others
// there is left where they begin, how many they are and how much room they take.

import { failureFrom } from "./failure.js";
import { redraw } from "./redraw.js";
import { get } from "./server.js";

/** @typedef {import("./shapes.js").Call} Call */
/** @typedef {import("./shapes.js").CallPage} CallPage */

/**
 * @typedef {object} Page
 * @property {string | undefined} from the cursor that it begins behind
 * @property {Call[] | null} calls null while they are not in memory
 * @property {number} rows how many they were when they last were
 * @property {number} height in pixels, as it was last seen
 * @property {ReadonlySet<string>} gone those that a new look would not show any more
 */

const ROWS = 100;
const AGAIN_MS = 5_000;
/** What is only looked at again may be what somebody else was told so many seconds before: less than lies between two looks. */
const MOST_AGE = 3;
/** So many answers without a call are passed over until somebody says to go on. */
const STEPS = 8;
/** So many pages on either side of what is seen are kept. */
const BESIDE = 1;
/**
 * Shared by all pages of which no call is gone: of a million rows there are ten thousand pages.
 * @type {ReadonlySet<string>}
 */
const NONE = new Set();
/** What nobody has measured yet. */
const ROW_HEIGHT = 41;

export class CallPages {
  /** @type {Page[]} */
  pages = [];
  isKnown = false;
  isBusy = false;
  /** @type {import("./failure.js").Failure | null} */
  failure = null;
  /** @type {string | undefined} where what is not known yet begins; undefined: all is known */
  cursor;
  lookedAt = 0;
  /** @type {Set<string>} those that a look from the beginning would show, too */
  fresh = new Set();
  since = performance.now();
  /** The last look has found nothing: whether there is more to look for is for somebody to say. */
  isTired = false;
  #seen = { first: 0, last: 0 };
  #end = new AbortController();
  #timer = 0;
  #isFilling = false;

  /**
   * @param {Record<string, string>} question as `GET /calls` takes it
   * @param {boolean} isGrowing whether new ones may come
   */
  constructor(question, isGrowing) {
    this.question = { ...question, limit: String(ROWS) };
    this.isGrowing = isGrowing;
    this.load();
  }

  close() {
    this.#end.abort();
    clearTimeout(this.#timer);
  }

  /** Those in memory, in their order. */
  calls() {
    return this.pages.flatMap((page) => page.calls ?? []);
  }

  rows() {
    return this.pages.reduce((sum, page) => sum + page.rows, 0);
  }

  /**
   * The id of the one that stands so many places behind that one; of the first if it is not in memory.
   * @param {string} id
   * @param {number} by
   */
  beside(id, by) {
    const calls = this.calls();
    const at = calls.findIndex((call) => call.id === id);
    return calls[Math.min(calls.length - 1, Math.max(0, at < 0 ? 0 : at + by))]?.id ?? "";
  }

  /** From the beginning. */
  load() {
    this.since = performance.now();
    return this.#while(async () => {
      const found = await this.#look(undefined);
      this.pages = found.items.length ? [pageOf(undefined, found.items)] : [];
      this.cursor = found.cursor;
      this.lookedAt = found.lookedAt;
      this.isTired = found.items.length === 0;
      this.fresh = new Set();
      this.#seen = { first: 0, last: 0 };
      this.isKnown = true;
    });
  }

  /** What somebody has done is to show, without taking them away from where they are. */
  again() {
    return this.#seen.first === 0 ? this.load() : this.#renew(0);
  }

  /** Goes on behind the last one. */
  async more() {
    if (this.cursor === undefined || this.isBusy) return;
    await this.#while(async () => {
      const from = this.cursor;
      const found = await this.#look(from);
      this.lookedAt += found.lookedAt;
      this.cursor = found.cursor;
      this.isTired = found.items.length === 0;
      if (found.items.length) this.pages.push(pageOf(from, found.items));
    });
  }

  /**
   * Those pages are looked at now: they and their neighbours come into memory, and others leave it.
   * @param {number} first
   * @param {number} last
   */
  see(first, last) {
    let isChanged = this.#seen.first !== first || this.#seen.last !== last;
    this.#seen = { first, last };
    this.pages.forEach((page, i) => {
      if (page.calls && !this.#isAtHand(i)) {
        page.calls = null;
        page.gone = NONE;
        isChanged = true;
      }
    });
    if (isChanged) redraw();
    this.#fill();
  }

  /** Which pages are to be drawn row by row. */
  atHand() {
    const first = Math.max(0, Math.min(this.#seen.first - BESIDE, this.pages.length - 1));
    return { first, last: Math.min(this.pages.length - 1, this.#seen.last + BESIDE) };
  }

  /** @param {number} i */
  #isAtHand(i) {
    const { first, last } = this.atHand();
    return i >= first && i <= last;
  }

  /** What is at hand and not in memory is asked for, one page after the other. */
  async #fill() {
    if (this.#isFilling) return;
    this.#isFilling = true;
    try {
      for (;;) {
        const missing = this.pages.findIndex((page, i) => page.calls === null && this.#isAtHand(i));
        if (missing < 0 || this.#end.signal.aborted) return;
        const all = this.pages;
        const page = all[missing];
        const found = await this.#look(page.from);
        if (all !== this.pages) continue;
        page.calls = found.items;
        page.rows = found.items.length;
        this.#joinNext(missing, found.cursor);
        this.failure = null;
        redraw();
      }
    } catch (thrown) {
      if (this.#end.signal.aborted) return;
      this.failure = failureFrom(thrown);
      redraw();
    } finally {
      this.#isFilling = false;
    }
  }

  /**
   * Rows have come or gone since the page was last in memory: the next one begins where it ends now.
   * @param {number} i
   * @param {string | undefined} cursor
   */
  #joinNext(i, cursor) {
    const next = this.pages[i + 1];
    if (!next) {
      this.cursor = cursor;
    } else if (cursor === undefined) {
      this.pages.length = i + 1;
      this.cursor = undefined;
    } else if (next.from !== cursor) {
      next.from = cursor;
      next.calls = null;
    }
  }

  /**
   * A page of calls; empty answers on the way are passed over, up to a point.
   * @param {string | undefined} from
   * @param {number} [mostAge] how old the answers may be, in seconds
   * @returns {Promise<{ items: Call[], cursor?: string, lookedAt: number }>}
   */
  async #look(from, mostAge) {
    let cursor = from;
    let lookedAt = 0;
    for (let step = 0; ; step++) {
      /** @type {CallPage} */
      const page = await get("calls?" + new URLSearchParams({ ...this.question, ...(cursor === undefined ? {} : { cursor }) }), this.#end.signal, mostAge);
      lookedAt += page.lookedAt ?? 0;
      cursor = page.complete ? undefined : page.cursor;
      if (page.items.length > 0 || cursor === undefined || step >= STEPS) return { items: page.items, cursor, lookedAt };
    }
  }

  /** @param {() => Promise<void>} work */
  async #while(work) {
    clearTimeout(this.#timer);
    this.isBusy = true;
    redraw();
    try {
      await work();
      this.failure = null;
    } catch (thrown) {
      if (this.#end.signal.aborted) return;
      this.failure = failureFrom(thrown);
    }
    this.isBusy = false;
    this.#later();
    redraw();
  }

  #later() {
    clearTimeout(this.#timer);
    if (this.#end.signal.aborted) return;
    if (this.failure && !this.failure.passes) return;
    const wait = this.failure ? Math.max(AGAIN_MS, this.failure.retryAfter * 1000) : AGAIN_MS;
    this.#timer = setTimeout(() => (this.isKnown ? this.#renew(MOST_AGE) : this.load()), spread(wait));
  }

  /**
   * Those that are seen are told anew, in their places; new ones are counted.
   * @param {number} mostAge how old what is told may be, in seconds
   */
  async #renew(mostAge) {
    if (document.hidden || this.isBusy) {
      this.#later();
      return;
    }
    try {
      const all = this.pages;
      const { first, last } = this.#seen;
      /** @type {Set<string>} */
      const fresh = new Set(first > 0 ? this.fresh : []);
      if (all.length === 0) await this.#count(undefined, null, fresh, mostAge);
      for (let i = first; i <= last && i < all.length && all === this.pages; i++) await this.#count(all[i].from, all[i], fresh, mostAge);
      if (all === this.pages && this.isGrowing) this.fresh = fresh;
      this.failure = null;
      this.#fill();
    } catch (thrown) {
      if (this.#end.signal.aborted) return;
      this.failure = failureFrom(thrown);
    }
    this.#later();
    redraw();
  }

  /**
   * @param {string | undefined} from
   * @param {Page | null} page
   * @param {Set<string>} fresh
   * @param {number} mostAge
   */
  async #count(from, page, fresh, mostAge) {
    const found = await this.#look(from, mostAge);
    const now = new Map(found.items.map((call) => [call.id, call]));
    const known = page ? page.calls : [];
    if (known === null) return;
    const shown = new Set(this.calls().map((call) => call.id));
    // Behind the last that was found again, others may only have moved.
    const reach = found.cursor === undefined ? known.length : known.findLastIndex((call) => now.has(call.id));
    const upTo = found.cursor === undefined || known.length === 0 ? found.items.length : found.items.findLastIndex((call) => shown.has(call.id));
    for (const call of found.items.slice(0, Math.max(0, upTo))) if (!shown.has(call.id)) fresh.add(call.id);
    if (!page) return;
    page.calls = known.map((call) => now.get(call.id) ?? call);
    page.gone = new Set(known.slice(0, Math.max(0, reach)).filter((call) => !now.has(call.id)).map((call) => call.id));
  }
}

/**
 * Many pages that were opened at once, as after a server's start, do not ask at once for ever.
 * @param {number} ms
 */
function spread(ms) {
  return ms * (1 + 0.2 * Math.random());
}

/**
 * @param {string | undefined} from
 * @param {Call[]} calls
 * @returns {Page}
 */
function pageOf(from, calls) {
  return { from, calls, rows: calls.length, height: calls.length * ROW_HEIGHT, gone: NONE };
}

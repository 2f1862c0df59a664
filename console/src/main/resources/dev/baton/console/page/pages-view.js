// @ts-check
// Which of a list's pages are in sight while the page is scrolled. Those at hand are drawn call by call, and the others are the
// space above and below them, so that nothing moves and every call can be reached. A screen marks in its document what holds
// the list (data-pages), each of its pages (data-page) and the space (data-space).

import { html, nothing } from "./lit/lit-html.js";
import { count, counted } from "./words.js";

/** @typedef {import("./call-pages.js").CallPages} CallPages */
/** @typedef {import("./call-pages.js").Page} Page */

/** Browsers cut off what is higher than some 17 million pixels; all the space together stays well below. */
const MOST_SPACE = 8_000_000;
/** When less than that is left below, more is asked for. */
const AHEAD = 1_500;

export class PagesView {
  /** @type {{ row: Element, top: number } | null} */
  #anchor = null;
  #frame = 0;

  /** @param {CallPages} list which ends with the view */
  constructor(list) {
    this.list = list;
    addEventListener("scroll", this.#scrolled, { passive: true });
  }

  close() {
    removeEventListener("scroll", this.#scrolled);
    cancelAnimationFrame(this.#frame);
    this.list.close();
  }

  /** Once a frame, however often. */
  #scrolled = () => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.look();
    });
  };

  fromTheTop = () => {
    scrollTo(0, 0);
    this.list.load();
  };

  /** What is to be said before the list: that there is more than it shows, or that it is old. */
  news() {
    const { fresh, failure, isKnown } = this.list;
    return html`${fresh.size ? html`<button class="new-ones" @click=${this.fromTheTop}>${count(fresh.size)} new</button>` : nothing}
    ${failure && isKnown ? html`<p class="fault" role="status">Not up to date: ${failure.message || "the server does not answer"}</p>` : nothing}`;
  }

  /**
   * What is to be said behind it: whether that was all.
   * @param {string} noun what it is a list of
   */
  end(noun) {
    const { list } = this;
    if (!list.isKnown) return nothing;
    if (list.cursor === undefined) return list.rows() ? html`<p class="hint">${counted(list.rows(), noun)}, and no more.</p>` : nothing;
    return html`<p class="buttons">
      <button ?disabled=${list.isBusy} @click=${() => list.more()}>${list.isBusy ? "Looking…" : "More"}</button>
      <small>${list.isTired ? "nothing found in the last" : "looked at"} ${count(list.lookedAt)}</small>
    </p>`;
  }

  /** @returns {{ page: Page, i: number, at: number }[]} those to be drawn, each with how many calls are before it */
  pages() {
    const { first, last } = this.list.atHand();
    let at = this.list.pages.slice(0, first).reduce((sum, page) => sum + page.rows, 0);
    return this.list.pages.slice(first, last + 1).map((page, k) => {
      const drawn = { page, i: first + k, at };
      at += page.rows;
      return drawn;
    });
  }

  /**
   * How high the space is that stands for the others, in pixels.
   * @param {"above" | "below"} where
   */
  space(where) {
    return Math.round(this.#space(where) * this.#scale());
  }

  /** @param {"above" | "below"} where */
  #space(where) {
    const { first, last } = this.list.atHand();
    return heightOf(where === "above" ? this.list.pages.slice(0, first) : this.list.pages.slice(last + 1));
  }

  #scale() {
    return Math.min(1, MOST_SPACE / Math.max(1, heightOf(this.list.pages)));
  }

  /** The list is about to be drawn anew: what is in sight is to stay where it is. */
  holdOn() {
    const top = barHeight();
    this.#anchor = null;
    for (const page of document.querySelectorAll("[data-page]")) {
      if (page.getBoundingClientRect().bottom <= top) continue;
      for (const row of page.querySelectorAll(":scope > :not(.space)")) {
        const box = row.getBoundingClientRect();
        if (box.bottom <= top) continue;
        if (box.top < innerHeight) this.#anchor = { row, top: box.top };
        return;
      }
    }
  }

  /** It has been drawn. */
  drawn() {
    if (this.#anchor?.row.isConnected && scrollY > 0) {
      const moved = this.#anchor.row.getBoundingClientRect().top - this.#anchor.top;
      if (Math.abs(moved) >= 1) scrollBy(0, moved);
    }
    this.look();
  }

  /** It has been drawn, or scrolled. */
  look() {
    const all = document.querySelector("[data-pages]");
    if (!all) return;
    const { list } = this;
    const top = barHeight();
    let first = -1;
    let last = -1;
    for (const drawn of /** @type {NodeListOf<HTMLElement>} */ (all.querySelectorAll("[data-page]"))) {
      const i = Number(drawn.dataset.page);
      const box = drawn.getBoundingClientRect();
      const page = list.pages[i];
      if (page?.calls) page.height = box.height;
      if (box.bottom > top && box.top < innerHeight) {
        if (first < 0) first = i;
        last = i;
      }
    }
    if (first < 0) first = last = this.#inSpace(all, top);
    list.see(first, last);
    const left = all.getBoundingClientRect().bottom - innerHeight;
    if (left < AHEAD && last >= list.pages.length - 2 && !list.isTired && !list.failure) list.more();
  }

  /**
   * Somebody has gone far: which page is there.
   * @param {Element} all
   * @param {number} top
   */
  #inSpace(all, top) {
    const { first, last } = this.list.atHand();
    for (const where of /** @type {const} */ (["above", "below"])) {
      const box = all.querySelector(`[data-space=${where}]`)?.getBoundingClientRect();
      if (!box || box.bottom <= top || box.top >= innerHeight) continue;
      let left = ((Math.max(top, box.top) - box.top) / box.height) * this.#space(where);
      let i = where === "above" ? 0 : last + 1;
      while (i < this.list.pages.length - 1 && left > this.list.pages[i].height) left -= this.list.pages[i++].height;
      return i;
    }
    return Math.max(0, first);
  }
}

/** @param {Page[]} pages */
function heightOf(pages) {
  return pages.reduce((sum, page) => sum + page.height, 0);
}

/** What stands on top and hides what is below it. */
function barHeight() {
  return document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
}

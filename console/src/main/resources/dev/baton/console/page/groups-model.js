// @ts-check
// All groups as the stream tells of them, and what is wrong with them.

import { count, counted, naturally, roughSpan, span } from "./words.js";

/** @typedef {import("./shapes.js").Group} Group */
/** @typedef {import("./shapes.js").Happening} Happening */
/** @typedef {{ group: Group, rates: number[], lost: Map<string, number>, trouble: Trouble | null }} Row */
/** @typedef {{ weight: number, sentence: string }} Trouble the heavier, the more it needs somebody */

const REMEMBERED = 60;
const LOST_FOR_MS = 5 * 60_000;
const LONG_WAIT_MS = 30_000;

export class GroupsModel {
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /** @param {{ groups: Group[], events: Happening[] }} data */
  snapshot(data) {
    const before = this.#rows;
    this.#rows = new Map();
    for (const group of data.groups) {
      const kept = before.get(group.group);
      this.#rows.set(group.group, { group, rates: kept?.rates ?? [], lost: kept?.lost ?? new Map(), trouble: null });
    }
    this.#learn(data.events);
  }

  /** @param {{ groups?: Group[], forgotten?: string[], events?: Happening[] }} data */
  delta(data) {
    for (const group of data.groups ?? []) {
      const row = this.#rows.get(group.group);
      if (row) row.group = group;
      else this.#rows.set(group.group, { group, rates: [], lost: new Map(), trouble: null });
    }
    for (const name of data.forgotten ?? []) this.#rows.delete(name);
    this.#learn(data.events ?? []);
  }

  /** A second has passed. */
  sample() {
    for (const { group, rates } of this.#rows.values()) {
      rates.push(group.dispatchedPerSecond);
      if (rates.length > REMEMBERED) rates.shift();
    }
  }

  /** @param {Happening[]} events */
  #learn(events) {
    for (const event of events) {
      const row = event.group === undefined ? undefined : this.#rows.get(event.group);
      if (!row || !event.pid) continue;
      if (event.kind === "lost") row.lost.set(event.pid, event.at);
      else if (event.kind === "gone" && event.cause === "connection_lost") row.lost.set(event.pid, row.lost.get(event.pid) ?? event.at);
      else if (event.kind === "back" || event.kind === "connected" || event.kind === "gone") row.lost.delete(event.pid);
    }
  }

  names() {
    return [...this.#rows.keys()];
  }

  /**
   * Those in trouble first, the others by name.
   * @param {number} now
   * @returns {Row[]}
   */
  rows(now) {
    const rows = [...this.#rows.values()];
    for (const row of rows) {
      for (const [pid, at] of row.lost) if (now - at > LOST_FOR_MS) row.lost.delete(pid);
      row.trouble = trouble(row, now);
    }
    return rows.sort(
      (a, b) => (b.trouble?.weight ?? 0) - (a.trouble?.weight ?? 0) || naturally(a.group.group, b.group.group),
    );
  }
}

/**
 * @param {Row} row
 * @param {number} now
 * @returns {Trouble | null}
 */
function trouble({ group, lost }, now) {
  const waiting = `${counted(group.ready, "call")} ${group.ready === 1 ? "waits" : "wait"}`;
  const waited = group.oldestReadyAt === undefined ? 0 : now - group.oldestReadyAt;
  if (group.ready > 0 && group.connectedWorkers === 0) return { weight: 4, sentence: `${waiting}, no worker is connected.` };
  if (group.ready > 0 && group.drainingWorkers === group.connectedWorkers) {
    return { weight: 3, sentence: `${waiting}, and every worker drains.` };
  }
  if (waited > LONG_WAIT_MS) {
    const full = group.slots !== undefined && group.load >= group.slots ? `, all ${count(group.slots)} slots are in use` : "";
    return { weight: 2, sentence: `${waiting}, the first for ${roughSpan(waited)}${full}.` };
  }
  const worst = group.redelivered?.[0];
  if (worst) return { weight: 1, sentence: `${worst.task} came back unfinished ${worst.failedDeliveries} times.` };
  if (lost.size > 0) {
    const last = Math.max(...lost.values());
    return { weight: 1, sentence: `${counted(lost.size, "worker")} lost, ${span(Math.floor((now - last) / 1000) * 1000)} ago.` };
  }
  return null;
}

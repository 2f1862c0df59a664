// @ts-check
// One group: who holds which task since when, and who took over from whom. Told by the stream's snapshots and deltas; knows
// nothing of how it is drawn.

import { naturally } from "./words.js";

/** @typedef {import("./shapes.js").Group} Group */
/** @typedef {import("./shapes.js").Worker} Worker */
/** @typedef {import("./shapes.js").Task} Task */
/** @typedef {import("./shapes.js").Happening} Happening */

/**
 * A task at a worker: sent, then held, then over.
 * @typedef {object} Bar
 * @property {string} id
 * @property {string} pid
 * @property {number} version
 * @property {number} track which of its lane's lines it is on
 * @property {number | null} sentAt
 * @property {number | null} takenAt
 * @property {number | null} doubtAt since when its worker is not heard of
 * @property {number | null} endAt
 * @property {string} how the kind of the event that ended it; `unknown` if none was seen
 * @property {string} state of the promise, if it was settled
 * @property {string} cause if it came back unfinished
 */

/**
 * @typedef {object} Lane
 * @property {string} pid
 * @property {Worker | null} worker as it was last; null for a process that never had a stream
 * @property {"connected" | "lost" | "gone" | "apart"} state `apart`: it holds tasks and has no stream
 * @property {number} since when that state began
 * @property {string} cause of its end
 * @property {Bar[]} bars by their beginnings
 * @property {number} tracks
 * @property {number | null} idleFrom since when it has room while tasks wait
 */

/**
 * @typedef {object} HandOver
 * @property {Bar} from
 * @property {Bar | null} to null while nobody has taken it
 * @property {string} cause
 * @property {number} cutAt when the work stopped
 * @property {number | null} toAt when it went on
 */

export const REMEMBERED_MS = 5 * 60_000;
const MOST_BARS = 20_000;
const MOST_HAND_OVERS = 100;
const MOST_TRACKS = 8;

export class RelayModel {
  /** @type {Group | null} */
  group = null;
  /** @type {"all" | "lanes"} */
  mode = "all";
  /** @type {Map<string, Lane>} */
  #lanes = new Map();
  /** @type {Map<string, Bar>} where each task is */
  #where = new Map();
  /** @type {HandOver[]} the latest last */
  handOvers = [];
  /** @type {{ at: number, ready: number }[]} */
  waiting = [];
  /** How many workers left the picture. */
  folded = 0;
  longestIdle = { ms: 0, pid: "" };
  #boot = "";
  #seq = 0;
  #bars = 0;
  /** @type {Lane[] | null} */
  #sorted = null;

  /**
   * @param {{ seq: number, at: number, mode?: "all" | "lanes", group?: Group, workers: Worker[], tasks: Task[], events: Happening[] }} data
   * @param {string} boot
   */
  snapshot(data, boot) {
    if (boot !== this.#boot) {
      // Another life of the server: what was open then is not told of any more.
      for (const bar of [...this.#where.values()]) this.#end(bar, data.at, "unknown");
      this.#boot = boot;
      this.#seq = 0;
    }
    this.mode = data.mode ?? "all";
    this.#learn(data.events);
    this.#seq = Math.max(this.#seq, data.seq);
    const connected = new Set(data.workers.map((worker) => worker.pid));
    for (const lane of this.#lanes.values()) {
      if (lane.state === "connected" && !connected.has(lane.pid)) this.#leaves(lane, "gone", data.at, "");
    }
    this.#meet(data.workers, data.at);
    const held = new Set(data.tasks.map((task) => task.id));
    for (const bar of [...this.#where.values()]) if (!held.has(bar.id)) this.#end(bar, data.at, "unknown");
    for (const task of data.tasks) {
      const known = this.#where.get(task.id);
      if (known?.pid !== task.pid) this.#begin(task.id, task.pid, task.version, task.state, task.since);
      else if (task.state === "held") known.takenAt ??= task.since;
    }
    this.#measure(data.group, data.at);
  }

  /** @param {{ seq: number, at: number, mode?: "all" | "lanes", group?: Group, workers?: Worker[], left?: string[], events?: Happening[] }} data */
  delta(data) {
    this.mode = data.mode ?? this.mode;
    this.#learn(data.events ?? []);
    this.#seq = Math.max(this.#seq, data.seq);
    this.#meet(data.workers ?? [], data.at);
    for (const pid of data.left ?? []) {
      const lane = this.#lanes.get(pid);
      if (lane?.state === "connected") this.#leaves(lane, "lost", data.at, "");
    }
    this.#measure(data.group, data.at);
  }

  /** @returns {Lane[]} in the order of their names, so that none moves when another dies */
  lanes() {
    this.#sorted ??= [...this.#lanes.values()].sort((a, b) => naturally(a.pid, b.pid));
    return this.#sorted;
  }

  /** @param {string} pid */
  lane(pid) {
    return this.#lanes.get(pid);
  }

  /** @param {string} pid */
  heldBy(pid) {
    return (this.#lanes.get(pid)?.bars ?? []).filter((bar) => bar.endAt === null && bar.takenAt !== null);
  }

  /**
   * Forgets what nobody can look at any more.
   * @param {number} now
   */
  prune(now) {
    const horizon = now - REMEMBERED_MS;
    for (const lane of this.#lanes.values()) {
      const over = (lane.state === "lost" || lane.state === "gone") && lane.since < horizon;
      const kept = over ? [] : lane.bars.filter((bar) => bar.endAt === null || bar.endAt > horizon);
      if (kept.length < lane.bars.length) {
        this.#bars -= lane.bars.length - kept.length;
        lane.bars = kept;
        lane.tracks = Math.max(1, ...kept.map((bar) => bar.track + 1));
      }
      if (over || (lane.state === "apart" && kept.length === 0)) {
        this.#lanes.delete(lane.pid);
        this.#sorted = null;
        if (over) this.folded++;
      }
    }
    this.handOvers = this.handOvers.filter((one) => one.cutAt > horizon);
    while (this.waiting.length > 1 && this.waiting[1].at < horizon) this.waiting.shift();
  }

  /**
   * How evenly the work is spread.
   * @param {number} from
   * @returns {{ pid: string, share: number, ideal: number }[]} of those that are connected; the one that is farthest off first
   */
  shares(from) {
    const lanes = this.lanes().filter((lane) => lane.state === "connected" && !lane.worker?.draining);
    const slots = lanes.map((lane) => lane.worker?.slots ?? 1);
    const taken = lanes.map((lane) => lane.bars.reduce((n, bar) => n + (bar.takenAt !== null && bar.takenAt >= from ? 1 : 0), 0));
    const allSlots = slots.reduce((sum, n) => sum + n, 0);
    const allTaken = taken.reduce((sum, n) => sum + n, 0);
    if (allTaken === 0 || lanes.length < 2) return [];
    return lanes
      .map((lane, i) => ({ pid: lane.pid, share: taken[i] / allTaken, ideal: slots[i] / allSlots }))
      .sort((a, b) => Math.abs(b.share - b.ideal) - Math.abs(a.share - a.ideal));
  }

  /** @param {Happening[]} events */
  #learn(events) {
    for (const event of events) {
      if (event.seq <= this.#seq) continue;
      this.#seq = event.seq;
      if (event.id === undefined) this.#ofWorker(event);
      else this.#ofTask(event, event.id);
    }
  }

  /** @param {Happening} event */
  #ofWorker(event) {
    if (event.pid === undefined) return;
    const lane = this.#laneOf(event.pid);
    switch (event.kind) {
      case "connected":
      case "back":
        lane.state = "connected";
        lane.since = event.at;
        lane.cause = "";
        for (const bar of lane.bars) if (bar.endAt === null) bar.doubtAt = null;
        break;
      case "lost":
        this.#leaves(lane, "lost", event.at, "connection_lost");
        break;
      case "gone":
        this.#leaves(lane, "gone", lane.state === "lost" ? lane.since : event.at, event.cause ?? "");
        break;
      case "draining":
        if (lane.worker) lane.worker = { ...lane.worker, draining: event.state !== "open" };
        break;
    }
  }

  /**
   * @param {Happening} event
   * @param {string} id
   */
  #ofTask(event, id) {
    const bar = this.#where.get(id);
    switch (event.kind) {
      case "sent":
      case "taken": {
        if (event.pid === undefined) return;
        const isHeld = event.kind === "taken";
        if (isHeld && bar?.pid === event.pid) {
          bar.takenAt ??= event.at;
          bar.version = event.version ?? bar.version;
        } else {
          this.#begin(id, event.pid, event.version ?? 0, isHeld ? "held" : "sent", event.at);
        }
        if (isHeld) this.#goesOn(id, event.at);
        break;
      }
      case "returned":
        this.#comesBack(bar ?? this.#unseen(event, id), event);
        break;
      default:
        if (bar) this.#end(bar, event.at, event.kind, event.state);
        if (event.kind === "settled" || event.kind === "halted") this.handOvers = this.handOvers.filter((one) => one.to || one.from.id !== id);
    }
  }

  /**
   * @param {Bar | null} bar
   * @param {Happening} event
   */
  #comesBack(bar, event) {
    if (!bar) return;
    const cutAt = event.cause === "connection_lost" ? (bar.doubtAt ?? event.at) : event.at;
    bar.cause = event.cause ?? "";
    this.#end(bar, cutAt, "returned");
    this.handOvers = this.handOvers.filter((one) => one.to || one.from.id !== bar.id);
    this.handOvers.push({ from: bar, to: null, cause: bar.cause, cutAt, toAt: null });
    if (this.handOvers.length > MOST_HAND_OVERS) this.handOvers.shift();
  }

  /**
   * A task that came back and was taken before anything was remembered of it.
   * @param {Happening} event
   * @param {string} id
   */
  #unseen(event, id) {
    return event.pid === undefined ? null : this.#begin(id, event.pid, event.version ?? 0, "held", event.at);
  }

  /**
   * @param {string} id
   * @param {number} at
   */
  #goesOn(id, at) {
    const open = this.handOvers.findLast((one) => one.from.id === id && one.to === null);
    if (!open) return;
    open.to = this.#where.get(id) ?? null;
    open.toAt = at;
  }

  /**
   * @param {string} id
   * @param {string} pid
   * @param {number} version
   * @param {"sent" | "held"} state
   * @param {number} at
   * @returns {Bar}
   */
  #begin(id, pid, version, state, at) {
    const before = this.#where.get(id);
    if (before) this.#end(before, at, "moved");
    const lane = this.#laneOf(pid);
    const isHeld = state === "held";
    /** @type {Bar} */
    const bar = {
      id,
      pid,
      version,
      track: freeTrack(lane, at),
      sentAt: isHeld ? null : at,
      takenAt: isHeld ? at : null,
      doubtAt: lane.state === "lost" ? at : null,
      endAt: null,
      how: "",
      state: "",
      cause: "",
    };
    lane.bars.push(bar);
    lane.tracks = Math.max(lane.tracks, bar.track + 1);
    this.#where.set(id, bar);
    if (++this.#bars > MOST_BARS) this.#makeRoom();
    return bar;
  }

  /**
   * @param {Bar} bar
   * @param {number} at
   * @param {string} how
   * @param {string} [state]
   */
  #end(bar, at, how, state = "") {
    bar.endAt = at;
    bar.how = how;
    bar.state = state;
    this.#where.delete(bar.id);
  }

  /** The older half of what is over goes. */
  #makeRoom() {
    for (const lane of this.#lanes.values()) {
      const over = lane.bars.filter((bar) => bar.endAt !== null).length;
      let toGo = Math.ceil(over / 2);
      const kept = lane.bars.filter((bar) => bar.endAt === null || toGo-- <= 0);
      this.#bars -= lane.bars.length - kept.length;
      lane.bars = kept;
    }
  }

  /**
   * @param {Lane} lane
   * @param {"lost" | "gone"} state
   * @param {number} at
   * @param {string} cause
   */
  #leaves(lane, state, at, cause) {
    lane.state = state;
    lane.since = at;
    lane.cause = cause;
    lane.idleFrom = null;
    for (const bar of lane.bars) if (bar.endAt === null) bar.doubtAt ??= at;
  }

  /**
   * @param {Worker[]} workers
   * @param {number} at
   */
  #meet(workers, at) {
    for (const worker of workers) {
      const lane = this.#laneOf(worker.pid);
      lane.worker = worker;
      if (lane.state === "connected") continue;
      lane.state = "connected";
      lane.since = worker.connectedAt ?? at;
      lane.cause = "";
    }
  }

  /** @param {string} pid */
  #laneOf(pid) {
    let lane = this.#lanes.get(pid);
    if (!lane) {
      lane = { pid, worker: null, state: "apart", since: 0, cause: "", bars: [], tracks: 1, idleFrom: null };
      this.#lanes.set(pid, lane);
      this.#sorted = null;
    }
    return lane;
  }

  /**
   * @param {Group | undefined} group
   * @param {number} at
   */
  #measure(group, at) {
    if (group) this.group = group;
    if (!this.group) return;
    const { ready } = this.group;
    const last = this.waiting.at(-1);
    if (last?.ready !== ready || this.waiting.length < 2) this.waiting.push({ at, ready });
    for (const lane of this.#lanes.values()) {
      const { worker } = lane;
      const hasRoom =
        ready > 0 && lane.state === "connected" && worker && !worker.draining && (worker.slots === null || worker.load < worker.slots);
      lane.idleFrom = hasRoom ? (lane.idleFrom ?? at) : null;
      if (lane.idleFrom !== null && at - lane.idleFrom > this.longestIdle.ms) {
        this.longestIdle = { ms: at - lane.idleFrom, pid: lane.pid };
      }
    }
  }
}

/**
 * @param {Lane} lane
 * @param {number} at
 */
function freeTrack(lane, at) {
  const busy = new Set();
  for (const bar of lane.bars) if (bar.endAt === null || bar.endAt > at) busy.add(bar.track);
  let track = 0;
  while (busy.has(track) && track < MOST_TRACKS - 1) track++;
  return track;
}

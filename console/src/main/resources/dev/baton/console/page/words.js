// @ts-check
// Numbers, times and states, in words.

const CAUSES = {
  released: "given back",
  connection_lost: "connection lost",
  reported_gone: "reported gone",
  lease_over: "lease ran out",
  not_acquired: "not taken in time",
};

/** @param {string | undefined} cause */
export function causeWords(cause) {
  if (!cause) return "unknown cause";
  return CAUSES[/** @type {keyof typeof CAUSES} */ (cause)] ?? cause.replaceAll("_", " ");
}

/** @type {Record<string, string>} */
const STATES = {
  held: "running",
  rejected_canceled: "cancelled",
  rejected_timedout: "timed out",
  external: "waits for a person",
};

/** @param {string} state */
export function stateWords(state) {
  return STATES[state] ?? state.replaceAll("_", " ");
}

/**
 * A shape for each state, so that colour never says anything alone.
 * @param {string} state
 */
export function stateShape(state) {
  switch (state) {
    case "held":
      return "▶";
    case "ready":
    case "sent":
      return "◔";
    case "delayed":
    case "timer":
      return "◷";
    case "suspended":
      return "❙❙";
    case "halted":
      return "■";
    case "resolved":
      return "✓";
    case "rejected":
      return "✕";
    case "rejected_canceled":
      return "⊘";
    case "rejected_timedout":
      return "◴"; // Few fonts have an hourglass.
    case "external":
      return "?";
    default:
      return "·";
  }
}

/**
 * Which colour a state has.
 * @param {string} state
 */
export function stateTone(state) {
  if (state === "held") return "run";
  if (state === "resolved") return "good";
  if (state.startsWith("rejected")) return "bad";
  if (state === "halted" || state === "external") return "warn";
  return "calm";
}

/**
 * A span of time: at most three digits, as exact as somebody cares.
 * @param {number} ms
 */
export function span(ms) {
  const t = Math.max(0, ms);
  if (t < 1_000) return `${Math.round(t)} ms`;
  if (t < 10_000) return `${(t / 1000).toFixed(2)} s`;
  if (t < 60_000) return `${(t / 1000).toFixed(1)} s`;
  if (t < 3_600_000) return two(t, 60_000, "min", 1_000, "s");
  if (t < 86_400_000) return two(t, 3_600_000, "h", 60_000, "min");
  return two(t, 86_400_000, "d", 3_600_000, "h");
}

/**
 * The same in whole seconds, for what counts on while one looks.
 * @param {number} ms
 */
export function roughSpan(ms) {
  return ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : span(ms);
}

/** What is further away has been made not to come. */
const NEVER_MS = 100 * 365 * 86_400_000;

/**
 * How long there is until then; null: for ever.
 * @param {number} at epoch ms
 * @param {number} now epoch ms
 */
export function left(at, now) {
  return at - now > NEVER_MS ? null : roughSpan(at - now);
}

/**
 * @param {number} t
 * @param {number} large
 * @param {string} largeName
 * @param {number} small
 * @param {string} smallName
 */
function two(t, large, largeName, small, smallName) {
  const rest = Math.floor((t % large) / small);
  return `${Math.floor(t / large)} ${largeName}${rest ? ` ${rest} ${smallName}` : ""}`;
}

const TIME = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DAY = format({ weekday: "short", day: "numeric", month: "short" });
const FULL = format({ dateStyle: "medium", timeStyle: "long" });

/**
 * Made when it is used for the first time: each takes milliseconds, which nobody should wait for before anything is shown.
 * @param {Intl.DateTimeFormatOptions} options
 * @returns {(at: number | Date) => string}
 */
function format(options) {
  /** @type {Intl.DateTimeFormat | undefined} */
  let made;
  return (at) => (made ??= new Intl.DateTimeFormat(undefined, options)).format(at);
}

/** @param {number} at epoch ms */
export function clock(at) {
  return TIME(at);
}

/** @param {number} at epoch ms */
export function instant(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? TIME(at) : `${DAY(at)}, ${TIME(at)}`;
}

/** @param {number} at epoch ms */
export function fullInstant(at) {
  return Math.abs(at) > 8.64e15 ? String(at) : FULL(at);
}

/** @param {number} n */
export function rate(n) {
  return n === 0 ? "0" : n < 10 ? n.toFixed(1) : Math.round(n).toLocaleString("en");
}

/** @param {number} n */
export function count(n) {
  return n.toLocaleString("en");
}

/**
 * @param {number} n
 * @param {string} one
 * @param {string} [many]
 */
export function counted(n, one, many = one + "s") {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** @param {number} n */
export function size(n) {
  if (n < 1024) return counted(n, "byte");
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(1)} KiB`;
  return `${(n / 1024 / 1024).toFixed(1)} MiB`;
}

/**
 * The middle of a long id says least.
 * @param {string} text
 * @param {number} most
 */
export function shortened(text, most) {
  if (text.length <= most) return text;
  const tail = Math.floor((most - 1) / 2);
  return text.slice(0, most - 1 - tail) + "…" + text.slice(text.length - tail);
}

/** @type {Intl.Collator | undefined} made when it is used for the first time, as the formats above */
let natural;

/**
 * w-2 before w-10.
 * @param {string} a
 * @param {string} b
 */
export function naturally(a, b) {
  natural ??= new Intl.Collator("en", { numeric: true });
  return natural.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

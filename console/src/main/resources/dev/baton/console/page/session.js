// @ts-check
// Who looks at the page: the token, and what the server says that it opens.

import { decoded } from "./address.js";
import { failureOf, failureFrom } from "./failure.js";
import { redraw } from "./redraw.js";

/**
 * @typedef {object} Whoami
 * @property {string} role `admin`, `viewer` or `limited`
 * @property {string} [prefix]
 * @property {string[]} [groups]
 * @property {boolean} mayWrite
 * @property {boolean} actions
 * @property {boolean} authentication
 * @property {number} [expiresAt]
 * @property {string} version
 * @property {number} now
 * @property {string} boot
 */

/**
 * @typedef {{ kind: "unknown" }
 *   | { kind: "signed-out", why: string }
 *   | { kind: "in", who: Whoami }
 *   | { kind: "away", why: string }} Session
 */

const KEY = "baton.token";

/** Where the server is: the page lies below it, wherever a proxy has put both. */
export const SERVER = new URL("..", document.baseURI);

let token = sessionStorage.getItem(KEY) ?? "";
/** @type {Session} */
let session = { kind: "unknown" };
/** How far the server's clock is ahead of this one's, in ms. */
let ahead = 0;
/** @type {Set<() => void>} */
const changed = new Set();

/**
 * A token in the address is taken out of it at once, also from the history.
 * @returns {boolean} whether there was one
 */
export function takeTokenFromAddress() {
  const found = /^#token=([^&]*)(?:&(.*))?$/.exec(location.hash);
  if (!found) return false;
  token = decoded(found[1]).trim();
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, "", location.pathname + location.search + (found[2] ? "#" + found[2] : ""));
  return true;
}

export function currentSession() {
  return session;
}

/** @param {() => void} then called whenever somebody signs in or out */
export function onSession(then) {
  changed.add(then);
}

/** Whether the page may change something; the server judges for itself. */
export function mayWrite() {
  return session.kind === "in" && session.who.actions;
}

/** The server's time, as far as it is known. */
export function serverNow() {
  return Date.now() + ahead;
}

/**
 * The server has said what time it is.
 * @param {number} at epoch ms
 */
export function serverSays(at) {
  // A message is older than it looks, never younger: the largest lead seen lately is the nearest.
  const lead = at - Date.now();
  ahead = ahead === 0 || lead > ahead || lead < ahead - 5_000 ? lead : ahead - (ahead - lead) / 50;
}

/** @returns {Record<string, string>} */
export function credentials() {
  return token ? { authorization: "Bearer " + token } : {};
}

/** @param {string} pasted */
export async function signIn(pasted) {
  token = pasted.trim().replace(/^Bearer\s+/i, "");
  await ask();
  if (session.kind === "in") sessionStorage.setItem(KEY, token);
}

/** @param {string} why */
export function signOut(why) {
  if (session.kind === "signed-out") return;
  token = "";
  sessionStorage.removeItem(KEY);
  become({ kind: "signed-out", why });
}

/** Asks the server who this is. */
export async function ask() {
  try {
    const answer = await fetch(new URL("whoami", SERVER), { headers: credentials(), cache: "no-store" });
    if (answer.ok) {
      /** @type {Whoami} */
      const who = await answer.json();
      serverSays(who.now);
      become({ kind: "in", who });
      return;
    }
    const failure = await failureOf(answer);
    if (failure.kind === "signed-out") {
      const had = token !== "";
      token = "";
      sessionStorage.removeItem(KEY);
      become({ kind: "signed-out", why: had ? failure.message : "" });
    } else {
      become({ kind: "away", why: failure.message });
    }
  } catch (thrown) {
    become({ kind: "away", why: failureFrom(thrown).message });
  }
}

/** @param {Session} next */
function become(next) {
  const before = session.kind;
  session = next;
  // The first answer changes nothing: what was asked meanwhile was asked with the same token.
  const isFirst = before === "unknown" && next.kind === "in";
  if (!isFirst && (before === "in") !== (next.kind === "in")) for (const then of changed) then();
  redraw();
}

// @ts-check
// Questions to the server and commands to it.

import { Failure, failureFrom, failureOf } from "./failure.js";
import { credentials, SERVER, signOut } from "./session.js";

const PATIENCE_MS = 15_000;

/**
 * @param {string} path relative to the server, its parts percent-encoded
 * @param {AbortSignal} [signal]
 * @param {number} [mostAge] how old the answer may be, in seconds: another page may have asked the same just before
 * @returns {Promise<any>} the JSON
 */
export async function get(path, signal, mostAge = 0) {
  return (await send(path, mostAge ? { headers: { "cache-control": `max-age=${mostAge}` } } : {}, signal)).json();
}

/**
 * @param {string} path
 * @param {unknown} [body] sent as JSON
 * @param {"POST" | "PUT"} [method]
 * @returns {Promise<any>} the JSON, or null if there is none
 */
export async function post(path, body, method = "POST") {
  const answer = await send(path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

/**
 * Carries out a command of the protocol.
 * @param {string} kind
 * @param {unknown} data
 * @returns {Promise<any>} the answer's data
 */
export async function command(kind, data) {
  const envelope = { kind, head: { corrId: corrId(), version: "2026-04-01" }, data };
  const answer = await post("console/api", envelope);
  if (answer?.head?.status >= 300) {
    throw new Failure("refused", answer.head.status, typeof answer.data === "string" ? answer.data : "refused");
  }
  return answer?.data;
}

/** @param {string} path */
export async function bytes(path) {
  return (await send(path, {})).arrayBuffer();
}

/**
 * @param {string} path
 * @param {RequestInit} request
 * @param {AbortSignal} [signal]
 */
async function send(path, request, signal) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const answer = await fetch(new URL(path, SERVER), {
      ...request,
      headers: { ...request.headers, ...credentials() },
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    if (answer.ok) return answer;
    throw await failureOf(answer);
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    const failure =
      patience.aborted && !(thrown instanceof Failure)
        ? new Failure("unreachable", 0, `No answer within ${PATIENCE_MS / 1000} seconds.`)
        : failureFrom(thrown);
    if (failure.kind === "signed-out") signOut(failure.message);
    throw failure;
  }
}

let counted = 0;

function corrId() {
  return "console-" + ++counted;
}

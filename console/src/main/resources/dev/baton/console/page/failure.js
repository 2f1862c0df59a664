// @ts-check
// Why the server did not do what was asked.

/** @typedef {"signed-out" | "forbidden" | "missing" | "busy" | "unreachable" | "refused" | "broken"} FailureKind */

export class Failure extends Error {
  /**
   * @param {FailureKind} kind
   * @param {number} status 0 if there was no answer
   * @param {string} text what the server says
   * @param {number} retryAfter in seconds; 0 if it does not say
   */
  constructor(kind, status, text, retryAfter = 0) {
    super(text);
    this.kind = kind;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the same may work in a moment. */
  get passes() {
    return this.kind === "busy" || this.kind === "unreachable";
  }
}

/** @type {Record<number, FailureKind>} */
const KINDS = { 401: "signed-out", 403: "forbidden", 404: "missing", 429: "busy", 502: "busy", 503: "busy", 504: "busy" };

/**
 * @param {Response} answer one that is not ok
 * @returns {Promise<Failure>}
 */
export async function failureOf(answer) {
  const text = await answer.text().catch(() => "");
  const kind = KINDS[answer.status] ?? (answer.status >= 500 ? "broken" : "refused");
  return new Failure(kind, answer.status, said(text) || answer.statusText, Number(answer.headers.get("retry-after")) || 0);
}

/**
 * What something that was thrown means.
 * @param {unknown} thrown
 * @returns {Failure}
 */
export function failureFrom(thrown) {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof TypeError) return new Failure("unreachable", 0, "The server does not answer.");
  return new Failure("broken", 0, thrown instanceof Error ? thrown.message : String(thrown));
}

/** @param {string} text */
function said(text) {
  try {
    const body = JSON.parse(text);
    for (const found of [body.error, body.data, body.message]) if (typeof found === "string") return found;
  } catch {
    // It is not JSON: a proxy's page, perhaps.
  }
  return text.trimStart().startsWith("<") ? "" : text.slice(0, 500).trim();
}

// @ts-check
// How values travel: JSON, in UTF-8, in base64.

/** @param {unknown} value */
export function encoded(value) {
  let binary = "";
  for (const byte of new TextEncoder().encode(JSON.stringify(value))) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * The text of stored data; undefined if it is none.
 * @param {string} data in base64
 */
export function decodedText(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/**
 * What somebody typed: JSON if it was to be, and else a text.
 * @param {string} typed
 * @param {boolean} isJson
 * @returns {unknown}
 */
export function valueOf(typed, isJson) {
  if (!isJson) return typed;
  if (typed.trim() === "") return null;
  try {
    return JSON.parse(typed);
  } catch (thrown) {
    throw new Error(`That is no JSON: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
}

/**
 * An argument as the command line reads one: JSON if it is JSON, and else a text.
 * @param {string} typed
 * @returns {unknown}
 */
export function jsonOrText(typed) {
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

/**
 * For a shell.
 * @param {string} text
 */
export function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

// @ts-check
// What the page shows is said by the fragment of its address, and nowhere else: a link to it can be sent to somebody. The
// fragment never leaves the browser, so ids and filters stand in nobody's log.

/**
 * @typedef {object} Address
 * @property {string} screen which screen
 * @property {string} name of what: a group, an id; empty where the screen is of everything
 * @property {URLSearchParams} query its settings
 */

/** @returns {Address} */
export function here() {
  return parse(location.hash);
}

/**
 * @param {string} hash
 * @returns {Address}
 */
export function parse(hash) {
  const [path, query = ""] = split(hash.replace(/^#\/?/, ""), "?");
  const [screen, name = ""] = split(path, "/");
  return { screen: screen || "groups", name: decoded(name), query: new URLSearchParams(query) };
}

/**
 * @param {string} screen
 * @param {string} [name]
 * @param {Record<string, string | number | null | undefined>} [query] what is empty or null is left out
 */
export function link(screen, name = "", query = {}) {
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") said.set(key, String(value));
  }
  const text = said.toString();
  return `#/${screen}${name ? "/" + encodeURIComponent(name) : ""}${text ? "?" + text : ""}`;
}

/**
 * The address of the same screen with other settings.
 * @param {Record<string, string | number | null | undefined>} changes
 */
export function linkWith(changes) {
  const { screen, name, query } = here();
  return link(screen, name, { ...Object.fromEntries(query), ...changes });
}

/**
 * Goes there; the way back leads to where the page was.
 * @param {string} to
 */
export function go(to) {
  location.hash = to;
}

/**
 * Says that the settings are others now; the way back does not lead through each.
 * @param {Record<string, string | number | null | undefined>} changes
 */
export function restate(changes) {
  history.replaceState(null, "", linkWith(changes));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/**
 * @param {string} text
 * @param {string} at
 * @returns {string[]} two parts, or one
 */
function split(text, at) {
  const i = text.indexOf(at);
  return i < 0 ? [text] : [text.slice(0, i), text.slice(i + 1)];
}

/** @param {string} text */
export function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

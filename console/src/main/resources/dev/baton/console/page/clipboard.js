// @ts-check
// What somebody may paste elsewhere.

/**
 * Browsers give a page their clipboard only where it came by https or from this machine; elsewhere the older way has to do.
 * @param {string} text
 */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.className = "hidden";
  area.value = text;
  // Beside an open dialog nothing can be marked.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (!isCopied) throw new Error("The browser lets this page copy nothing: mark the text and copy it.");
}

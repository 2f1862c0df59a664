// @ts-check
// Addresses that somebody wants to come back to; kept in this browser.

import { html } from "./lit/lit-html.js";
import { openDialog } from "./dialog.js";
import { redraw } from "./redraw.js";

/** @typedef {{ name: string, to: string }} View */

const KEY = "baton.views";
const MOST = 20;

/** @returns {View[]} */
export function savedViews() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return kept.filter((/** @type {View} */ view) => typeof view.name === "string" && String(view.to).startsWith("#/"));
  } catch {
    return [];
  }
}

/** The address as it is now, under a name. */
export function keepView() {
  const to = location.hash;
  openDialog({
    title: "Save this view",
    confirm: "Save",
    body: () => html`<label>Name <input name="name" required maxlength="40" autocomplete="off" /></label>`,
    run(form) {
      const name = String(form.get("name") ?? "").trim();
      if (!name) throw new Error("It needs a name.");
      keep([...savedViews().filter((view) => view.name !== name), { name, to }].slice(-MOST));
    },
  });
}

/** @param {string} name */
export function forgetView(name) {
  keep(savedViews().filter((view) => view.name !== name));
}

/** @param {View[]} views */
function keep(views) {
  localStorage.setItem(KEY, JSON.stringify(views));
  redraw();
}

// @ts-check
// The one dialog, for what wants a second look or a few words first.

import { html, nothing } from "./lit/lit-html.js";
import { failureFrom } from "./failure.js";
import { redraw } from "./redraw.js";

/**
 * @typedef {object} Question
 * @property {unknown} title text, or a template in which names that others have chosen are set apart
 * @property {() => unknown} body
 * @property {string} [confirm] the button that does it; without one there is only "Close"
 * @property {string} [dismiss] the other button, where "Cancel" would be taken for what the dialog asks
 * @property {"plain" | "danger"} [tone]
 * @property {(form: FormData) => Promise<unknown> | unknown} [run] what the button does; what it throws is shown
 */

/** @type {Question | null} */
let question = null;
let isRunning = false;
let fault = "";
/** @type {Element | null} */
let before = null;

/** @param {Question} asked */
export function openDialog(asked) {
  before = document.activeElement;
  question = asked;
  fault = "";
  redraw();
  requestAnimationFrame(() => requestAnimationFrame(() => dialogElement()?.showModal()));
}

/** Whether a dialog is open, or about to be: no key is meant for what is below it. */
export function isAsking() {
  return question !== null;
}

export function closeDialog() {
  dialogElement()?.close();
}

/** Says that something was done, or not; it goes by itself. @param {unknown} text as a dialog's title */
export function say(text) {
  notice = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    notice = "";
    redraw();
  }, 8_000);
  redraw();
}

/** @type {unknown} */
let notice = "";
let noticeTimer = 0;

/** What stands over the page. */
export function overlays() {
  return html`<dialog id="dialog" aria-labelledby="dialog-title" @close=${closed} @click=${clickedBeside}>
      ${question ? form(question) : nothing}
    </dialog>
    <div class="notice" role="status" ?hidden=${!notice}>${notice}</div>`;
}

/** @param {Question} asked */
function form(asked) {
  return html`<form @submit=${submit}>
    <h2 id="dialog-title">${asked.title}</h2>
    <div class="dialog-body">${asked.body()}</div>
    ${fault ? html`<p class="fault" role="alert">${fault}</p>` : nothing}
    <div class="buttons">
      <button type="button" @click=${closeDialog}>${asked.confirm ? (asked.dismiss ?? "Cancel") : "Close"}</button>
      ${asked.confirm
        ? html`<button class=${asked.tone === "danger" ? "danger" : "primary"} ?disabled=${isRunning}>${asked.confirm}</button>`
        : nothing}
    </div>
  </form>`;
}

/** @param {SubmitEvent} event */
async function submit(event) {
  event.preventDefault();
  const asked = question;
  if (!asked?.run || isRunning) return;
  isRunning = true;
  fault = "";
  redraw();
  try {
    await asked.run(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    if (question === asked) closeDialog();
  } catch (thrown) {
    fault = failureFrom(thrown).message || "That did not work.";
  } finally {
    isRunning = false;
    redraw();
  }
}

function closed() {
  question = null;
  redraw();
  if (before instanceof HTMLElement && before.isConnected) before.focus();
}

/** @param {MouseEvent} event */
function clickedBeside(event) {
  if (event.target === dialogElement()) closeDialog();
}

function dialogElement() {
  return /** @type {HTMLDialogElement | null} */ (document.getElementById("dialog"));
}

// @ts-check
// What stands around every screen.

import { html, nothing } from "./lit/lit-html.js";
import { go, link, linkWith } from "./address.js";
import { overlays } from "./dialog.js";
import { askForGroups, groupNames } from "./group-names.js";
import { streamState, tryAgain } from "./live.js";
import { isPaused } from "./pause.js";
import { currentSession, signIn, signOut } from "./session.js";
import { failed } from "./states.js";
import { currentTheme, nextTheme } from "./theme.js";
import { Failure } from "./failure.js";

/** @typedef {import("./address.js").Address} Address */

/**
 * @param {import("./screens.js").Screen | null} screen
 * @param {Address} address
 * @param {string} lastGroup
 */
export function frame(screen, address, lastGroup) {
  const session = currentSession();
  return html`<a class="skip" href="#content" @click=${skip}>To the content</a>
    <header class="bar">
      <a class="brand" href=${link("groups")} aria-label="Baton: all groups">${mark()}<span>Baton</span></a>
      <nav aria-label="Screens">${tabs(address, lastGroup)}</nav>
      ${session.kind === "signed-out" ? nothing : html`${switcher(address)} ${search()}`}
      <div class="bar-end">${light()} ${themeButton()} ${who()}</div>
    </header>
    <main id="content" tabindex="-1">${content(screen)}</main>
    ${overlays()}`;
}

/** @param {import("./screens.js").Screen | null} screen */
function content(screen) {
  const session = currentSession();
  switch (session.kind) {
    case "signed-out":
      return signInForm(session.why);
    case "away":
      return failed(new Failure("busy", 503, session.why), "this page", null);
    case "unknown":
    case "in":
      return screen?.body() ?? nothing;
  }
}

function mark() {
  return html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
    <path class="mark-lane" d="M2 7h9M13 17h9" />
    <path class="mark-baton" d="M8.5 7c4.5 0 2.500 10 7 10" />
  </svg>`;
}

/**
 * @param {Address} address
 * @param {string} lastGroup
 */
function tabs(address, lastGroup) {
  const group = lastGroup || groupNames()[0] || "";
  const all = [
    ["groups", "Groups", link("groups")],
    ["relay", "Relay", group ? link("relay", group) : link("groups")],
    ["calls", "Calls", link("calls")],
    ["people", "Waiting", link("people")],
    ["schedules", "Schedules", link("schedules")],
    ["new", "New call", link("new")],
  ];
  const current = address.screen === "call" ? "calls" : address.screen;
  return all.map(([name, label, to]) => html`<a href=${to} aria-current=${name === current ? "page" : nothing}>${label}</a>`);
}

/** @param {Address} address */
function switcher(address) {
  const ofCalls = address.screen === "calls";
  const chosen = address.screen === "relay" ? address.name : ofCalls ? (address.query.get("group") ?? "") : "";
  const names = groupNames().includes(chosen) || !chosen ? groupNames() : [chosen, ...groupNames()];
  return html`<label class="switcher"
    ><span class="hidden">Group</span>
    <select
      .value=${chosen}
      @focus=${askForGroups}
      @pointerdown=${askForGroups}
      @change=${(/** @type {Event} */ event) => {
        const name = /** @type {HTMLSelectElement} */ (event.target).value;
        go(ofCalls ? linkWith({ group: name, cursor: null }) : name ? link("relay", name) : link("groups"));
      }}
    >
      <option value="" ?selected=${!chosen}>All groups</option>
      ${names.slice(0, 500).map((name) => html`<option value=${name} ?selected=${name === chosen}>${name}</option>`)}
    </select></label
  >`;
}

function search() {
  return html`<form class="search" role="search" @submit=${searched}>
    <label class="hidden" for="search">Open a call by its id</label>
    <input id="search" name="id" type="search" placeholder="Open a call by id" autocomplete="off" spellcheck="false" />
    <kbd aria-hidden="true">/</kbd>
  </form>`;
}

/** @param {SubmitEvent} event */
function searched(event) {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (document.getElementById("search"));
  const id = input.value.trim();
  if (!id) return;
  input.value = "";
  input.blur();
  go(link("call", id));
}

function light() {
  const [kind, words, title] = lightWords();
  return html`<button class="light" data-light=${kind} title=${title} @click=${tryAgain} aria-live="polite">
    <span class="light-dot" aria-hidden="true"></span><span>${words}</span>
  </button>`;
}

/** @returns {[string, string, string]} */
function lightWords() {
  const session = currentSession();
  if (session.kind === "signed-out") return ["off", "signed out", "Sign in with a token"];
  const state = streamState();
  if (state.kind === "reconnecting") {
    const seconds = Math.max(0, Math.ceil((state.at - performance.now()) / 1000));
    return ["waiting", seconds > 0 ? `reconnecting ${seconds} s` : "reconnecting…", state.failure.message + " Click to try now."];
  }
  if (state.kind === "over") return ["off", state.failure.kind === "missing" ? "not live" : "no access", state.failure.message];
  if (state.kind === "connecting") return ["waiting", "connecting", "The stream is being opened"];
  if (isPaused()) return ["paused", "paused", "The view stands still; events are still recorded"];
  return ["live", "live", "The page shows what happens as it happens"];
}

function themeButton() {
  const theme = currentTheme();
  const shapes = { system: "◐", light: "☀", dark: "☾" };
  return html`<button class="quiet" @click=${nextTheme} title="Theme: ${theme}" aria-label="Theme: ${theme}. Change it">
    <span aria-hidden="true">${shapes[theme]}</span>
  </button>`;
}

function who() {
  const session = currentSession();
  if (session.kind !== "in") return nothing;
  const { role, prefix, groups, actions, authentication, version, expiresAt } = session.who;
  const name = authentication ? role : "open";
  return html`<details class="who">
    <summary title="Who I am">${name}${actions ? nothing : html` <span class="tag">read only</span>`}</summary>
    <div class="who-menu"><dl>
      ${authentication ? nothing : html`<div><dt>Access</dt><dd>This server asks for no token</dd></div>`}
      <div><dt>Role</dt><dd>${role}</dd></div>
      ${prefix ? html`<div><dt>Ids that begin with</dt><dd><code>${prefix}</code></dd></div>` : nothing}
      ${groups ? html`<div><dt>Groups</dt><dd>${groups.join(", ") || "none"}</dd></div>` : nothing}
      <div><dt>May act</dt><dd>${actions ? "yes" : "no"}</dd></div>
      ${expiresAt ? html`<div><dt>Token ends</dt><dd>${new Date(expiresAt).toLocaleString()}</dd></div>` : nothing}
      <div><dt>Server</dt><dd>Baton ${version}</dd></div>
    </dl>
    ${authentication ? html`<button @click=${() => signOut("")}>Sign out</button>` : nothing}</div>
  </details>`;
}

/** @param {Event} [event] one inside of it leaves it open */
function closeWho(event) {
  const who = /** @type {HTMLDetailsElement | null} */ (document.querySelector(".who[open]"));
  if (!who || (event?.target instanceof Node && who.contains(event.target))) return;
  who.open = false;
}

addEventListener("pointerdown", closeWho);
addEventListener("focusin", closeWho);
addEventListener("hashchange", () => closeWho());
addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeWho();
});

/** @param {string} why */
function signInForm(why) {
  return html`<form class="card sign-in" @submit=${signedIn}>
    <h1>Sign in</h1>
    <p>Paste a token for this server. It stays in this tab and is forgotten when you close it.</p>
    ${why ? html`<p class="fault" role="alert">${why}</p>` : nothing}
    <label>Token <input name="token" type="password" autocomplete="off" required spellcheck="false" /></label>
    <button class="primary">Sign in</button>
    <p class="hint"><code>kubectl baton console</code> opens this page with your token.</p>
  </form>`;
}

/** @param {SubmitEvent} event */
function signedIn(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  signIn(String(new FormData(form).get("token") ?? ""));
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

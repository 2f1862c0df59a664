// @ts-check
// Call: one call with everything that is known of it, and what can be done with it.

import { html, nothing } from "./lit/lit-html.js";
import { here, link, linkWith } from "./address.js";
import { attemptsList } from "./call-parts.js";
import { copyText } from "./clipboard.js";
import { openDialog, say } from "./dialog.js";
import { quoted } from "./encoding.js";
import { failureFrom } from "./failure.js";
import { watch } from "./live.js";
import { PayloadView } from "./payload.js";
import { redraw } from "./redraw.js";
import { command, get } from "./server.js";
import { mayWrite, SERVER, serverNow } from "./session.js";
import { askToCancel, askToSettle } from "./settle-dialog.js";
import { empty, failed, loading } from "./states.js";
import { waterfall, waterfallLegend } from "./waterfall.js";
import { fullInstant, left, roughSpan, span, stateShape, stateTone, stateWords } from "./words.js";

/** @typedef {import("./shapes.js").WholeCall} WholeCall */
/** @typedef {import("./shapes.js").Node} Node */
/** @typedef {import("./failure.js").Failure} Failure */
/** @typedef {{ items: Node[], cursor?: string, complete: boolean, now: number }} Tree */

const CALL_AGAIN_MS = 250;
const TREE_AGAIN_MS = 800;
const FAILED_AGAIN_MS = 3_000;

/**
 * @param {string} id
 * @returns {import("./screens.js").Screen}
 */
export function call(id) {
  const path = "calls/" + encodeURIComponent(id);
  const since = performance.now();
  const end = new AbortController();
  const param = new PayloadView(path + "/param", "param");
  const value = new PayloadView(path + "/value", "value");
  /** @type {WholeCall | null} */
  let whole = null;
  /** @type {Failure | null} */
  let failure = null;
  /** @type {Tree | null} */
  let tree = null;
  /** @type {Failure | null} */
  let treeFailure = null;
  let treeCursor = "";
  let callTimer = 0;
  let treeTimer = 0;

  async function load() {
    callTimer = 0;
    try {
      whole = await get(path, end.signal);
      failure = null;
    } catch (thrown) {
      if (end.signal.aborted) return;
      failure = failureFrom(thrown);
      if (failure.passes) callTimer = setTimeout(load, Math.max(FAILED_AGAIN_MS, failure.retryAfter * 1000));
    }
    redraw();
  }

  async function loadTree() {
    treeTimer = 0;
    const cursor = here().query.get("tree") ?? "";
    try {
      const found = await get(`${path}/tree${cursor ? "?cursor=" + encodeURIComponent(cursor) : ""}`, end.signal);
      tree = found;
      treeCursor = cursor;
      treeFailure = null;
    } catch (thrown) {
      if (end.signal.aborted) return;
      treeFailure = failureFrom(thrown);
      if (treeFailure.passes) treeTimer = setTimeout(loadTree, FAILED_AGAIN_MS);
    }
    redraw();
  }

  /** @param {{ events?: import("./shapes.js").Happening[] }} data */
  function heard({ events = [] }) {
    if (events.length === 0) return;
    // At the latest after that, however much goes on.
    if (events.some((event) => event.id === id)) callTimer ||= setTimeout(load, CALL_AGAIN_MS);
    treeTimer ||= setTimeout(loadTree, TREE_AGAIN_MS);
  }

  if (id) {
    watch("call:" + id, { snapshot: again, delta: heard, gap: again });
    load();
    loadTree();
  }
  const timer = setInterval(redraw, 1000);

  function again() {
    callTimer ||= setTimeout(load, CALL_AGAIN_MS);
    treeTimer ||= setTimeout(loadTree, CALL_AGAIN_MS);
  }

  function body() {
    if (!id) return empty("Which call?", html`<p>Put its id into the search box.</p>`);
    if (!whole) {
      if (failure?.kind === "missing") return missing();
      return failure ? failed(failure, html`the call <bdi>${id}</bdi>`, load) : loading(since, `Looking for ${id}`);
    }
    const { call, why, tags, attempts, attemptsComplete, awaits, awaitedBy, listeners } = whole;
    const now = serverNow();
    return html`<div class="screen call">
      <header class="call-top">
        <h1>${call.id}</h1>
        <p class="call-facts">
          <span class="state-word" data-tone=${stateTone(call.state)}><span aria-hidden="true">${stateShape(call.state)}</span> ${stateWords(call.state)}</span>
          ${call.function ? html`<code>${call.function}</code>` : nothing}
          ${call.group ? html`<a href=${link("relay", call.group, { call: call.id })}>${call.group}</a>` : call.target ? html`<code>${call.target}</code>` : nothing}
          ${call.attempt ? html`<span>attempt ${call.attempt}</span>` : nothing}
          ${call.parent && call.parent !== call.id ? html`<span>part of <a href=${link("call", call.parent)}>${call.parent}</a></span>` : nothing}
        </p>
        <p class="why"><span class="why-mark" aria-hidden="true">→</span> ${why.sentence}</p>
        ${failure ? html`<p class="fault" role="status">Not up to date: ${failure.message || "the server does not answer"}</p>` : nothing}
        ${actions(whole)}
      </header>
      <div class="call-grid">
        <section class="card wide">
          <h2>What happened when</h2>
          ${timeline(now)}
        </section>
        <section class="card">
          <h2>Attempts</h2>
          ${call.kind === "call" ? attemptsList(attempts, attemptsComplete) : html`<p class="hint">No worker takes this one: it is ${call.kind === "timer" ? "a timer" : call.kind === "local" ? "a step inside a call" : "for somebody outside"}.</p>`}
        </section>
        <section class="card">
          <h2>Facts</h2>
          <dl class="facts">
            <div><dt>Created</dt><dd>${fullInstant(call.createdAt)} <small>${roughSpan(now - call.createdAt)} ago</small></dd></div>
            ${call.settledAt === undefined ? html`<div><dt>Deadline</dt><dd>${deadline(call.timeoutAt, now)}</dd></div>` : html`<div><dt>Settled</dt><dd>${fullInstant(call.settledAt)} <small>after ${span(call.settledAt - call.createdAt)}</small></dd></div>`}
            ${call.target ? html`<div><dt>Target</dt><dd><code>${call.target}</code></dd></div>` : nothing}
            ${call.pid ? html`<div><dt>Worker</dt><dd><code>${call.pid}</code></dd></div>` : nothing}
            ${awaits.length ? html`<div><dt>Awaits</dt><dd>${awaits.map((one) => html`<a href=${link("call", one.id)}>${one.id}</a> `)}</dd></div>` : nothing}
            ${awaitedBy.length ? html`<div><dt>Awaited by</dt><dd>${awaitedBy.map((one) => html`<a href=${link("call", one)}>${one}</a> `)}</dd></div>` : nothing}
            ${listeners.length ? html`<div><dt>Tells</dt><dd>${listeners.map((one) => html`<code>${one}</code> `)}</dd></div>` : nothing}
          </dl>
        </section>
        <section class="card"><h2>Given</h2>${param.body(whole.param)}</section>
        <section class="card"><h2>${call.state.startsWith("rejected") ? "Error" : "Result"}</h2>${call.settledAt === undefined ? html`<p class="hint">not settled yet</p>` : value.body(whole.value)}</section>
        <section class="card wide">
          <h2>Tags</h2>
          ${Object.keys(tags).length
            ? html`<table class="pairs"><caption class="hidden">Tags</caption><tbody>${Object.entries(tags).map(([key, text]) => html`<tr><th scope="row">${key}</th><td>${text}</td></tr>`)}</tbody></table>`
            : html`<p class="hint">none</p>`}
        </section>
      </div>
    </div>`;
  }

  /** @param {number} now */
  function timeline(now) {
    if (!tree) return treeFailure ? failed(treeFailure, "what it called", loadTree) : loading(since);
    if (tree.items.length === 0) return html`<p class="hint">Nothing here${tree.complete ? "" : " yet: the server looks on"}.</p>`;
    return html`${waterfallLegend()} ${waterfall(tree.items, id, now)}
      ${tree.cursor || treeCursor
        ? html`<p class="buttons">
            ${treeCursor ? html`<a class="button" href=${linkWith({ tree: null })}>First calls</a>` : nothing}
            ${tree.cursor ? html`<a class="button" href=${linkWith({ tree: tree.cursor })}>Next calls</a>` : nothing}
          </p>`
        : nothing}`;
  }

  /** @param {WholeCall} found */
  function actions({ call }) {
    const isOpen = call.settledAt === undefined;
    const hasTask = call.kind === "call";
    return html`<div class="buttons">
      ${mayWrite() && isOpen
        ? html`<button @click=${() => askToSettle(id, "resolved", call.question, load)}>Resolve…</button>
            <button @click=${() => askToSettle(id, "rejected", call.question, load)}>Reject…</button>
            <button @click=${() => askToCancel(id, load)}>Cancel…</button>`
        : nothing}
      ${mayWrite() && isOpen && hasTask
        ? call.state === "halted"
          ? html`<button @click=${() => act("task.continue", { id }, "goes on")}>Continue</button>`
          : html`<button @click=${() => act("task.halt", { id }, "is halted")}>Halt</button>`
        : nothing}
      ${mayWrite() && call.state === "held" ? html`<button @click=${handOver}>Hand over…</button>` : nothing}
      ${mayWrite() && hasTask ? html`<a class="button" href=${link("new", "", { from: id })}>Call again…</a>` : nothing}
      <button class="quiet" @click=${copy}>As commands</button>
    </div>`;
  }

  function handOver() {
    if (!whole) return;
    const { pid, attempt } = whole.call;
    openDialog({
      title: html`Hand <bdi>${id}</bdi> over?`,
      confirm: "Hand over",
      body: () => html`<p>It is taken from <b>${pid ?? "its worker"}</b> (attempt ${attempt ?? "?"}) and offered to the group.</p>
        <p class="hint">What ${pid ?? "that worker"} still sends of it is refused. If it has been taken by somebody else meanwhile, nothing happens.</p>`,
      async run() {
        await command("task.release", { id, version: attempt });
        say(html`<bdi>${id}</bdi> is offered again.`);
        load();
      },
    });
  }

  /**
   * @param {string} kind
   * @param {unknown} data
   * @param {string} then
   */
  async function act(kind, data, then) {
    try {
      await command(kind, data);
      say(html`<bdi>${id}</bdi> ${then}.`);
    } catch (thrown) {
      say(html`<bdi>${id}</bdi>: ${failureFrom(thrown).message}`);
    }
    load();
  }

  function copy() {
    const server = SERVER.href.replace(/\/$/, "");
    const envelope = JSON.stringify({ kind: "promise.get", head: { corrId: "1", version: "2026-04-01" }, data: { id } });
    const lines = [
      `./baton why ${quoted(id)} -S ${quoted(server)}`,
      `./baton tree ${quoted(id)} -S ${quoted(server)}`,
      `./baton promises get ${quoted(id)} -S ${quoted(server)}`,
      `curl -s ${quoted(server + "/")} -H 'content-type: application/json' -H "authorization: Bearer $RESONATE_TOKEN" -d ${quoted(envelope)}`,
    ].join("\n");
    openDialog({
      title: "As commands",
      confirm: "Copy",
      body: () => html`<pre class="payload" tabindex="0">${lines}</pre>`,
      async run() {
        await copyText(lines);
        say("Copied.");
      },
    });
  }

  function missing() {
    return html`<div class="state">
      <h1>No call <bdi>${id}</bdi></h1>
      <p>No promise has this id, or it was removed, or your token does not reach it.</p>
      <p><a href=${link("calls", "", { tab: "history", prefix: id })}>Look for ids that begin so</a></p>
    </div>`;
  }

  return {
    title: () => id,
    body,
    settings: () => {
      if ((here().query.get("tree") ?? "") !== treeCursor) loadTree();
    },
    keys: () => [
      { keys: "r", does: "resolve", run: () => canSettle() && askToSettle(id, "resolved", whole?.call.question, load) },
      { keys: "x", does: "cancel", run: () => canSettle() && askToCancel(id, load) },
      { keys: "c", does: "as commands", run: copy },
    ],
    close() {
      end.abort();
      clearTimeout(callTimer);
      clearTimeout(treeTimer);
      clearInterval(timer);
    },
  };

  function canSettle() {
    return mayWrite() && whole !== null && whole.call.settledAt === undefined;
  }
}

/**
 * @param {number} at
 * @param {number} now
 */
function deadline(at, now) {
  const time = left(at, now);
  if (time === null) return "none";
  return html`${fullInstant(at)} <small>${at > now ? "in " + time : "over"}</small>`;
}

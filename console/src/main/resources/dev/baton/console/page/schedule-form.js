// @ts-check
// The form of a schedule, new or as it is to be from now on, with its next instants in sight.

import { html, nothing } from "./lit/lit-html.js";
import { callFields, callOf, durationOf, durationText, fieldsOf } from "./call-form.js";
import { openDialog, say } from "./dialog.js";
import { decodedText } from "./encoding.js";
import { failureFrom } from "./failure.js";
import { redraw } from "./redraw.js";
import { command, get } from "./server.js";
import { serverNow } from "./session.js";
import { instant } from "./words.js";

/** @typedef {import("./shapes.js").Schedule} Schedule */

const TYPED_MS = 300;

/** What a schedule does beyond calling, as its tags say it. */
export const TAG = /** @type {const} */ ({
  target: "resonate:target",
  overlap: "baton:overlap",
  window: "baton:catchup-window",
  paused: "baton:paused",
  buffered: "baton:buffered",
});

/** @type {[string, string][]} */
const OVERLAPS = [
  ["allow", "is called all the same"],
  ["skip", "is left out"],
  ["buffer_one", "waits, one at most"],
];

/**
 * @param {() => void} then when there is one more
 */
export function askForNew(then) {
  openDialog({
    title: "New schedule",
    confirm: "Create",
    body: formOf(null),
    async run(form) {
      const { param, target, timeoutMs } = callOf(form);
      const id = String(form.get("id") ?? "").trim();
      const begun = serverNow();
      const { schedule } = await command("schedule.create", {
        id,
        ...whenAndWhat(form),
        promiseTimeout: timeoutMs,
        promiseParam: param,
        promiseTags: policy(form, { [TAG.target]: target }),
      });
      say(html`<bdi>${id}</bdi> ${schedule.createdAt < begun - 10_000 ? `has been there since ${instant(schedule.createdAt)}, and stays as it is` : "is created"}.`);
      then();
    },
  });
}

/**
 * What is not in the form (headers, further tags, whether it is paused) stays as it is.
 * @param {string} id
 * @param {() => void} then when it is another
 */
export async function askForUpdate(id, then) {
  /** @type {Schedule} */
  let before;
  try {
    before = (await command("schedule.get", { id })).schedule;
  } catch (thrown) {
    say(failureFrom(thrown).message);
    return;
  }
  const given = givenOf(before);
  openDialog({
    title: html`Update <bdi>${id}</bdi>`,
    confirm: "Update",
    body: formOf({ before, given }),
    async run(form) {
      // An update replaces it whole: what somebody else has changed meanwhile is not to be undone unseen.
      const now = (await command("schedule.get", { id })).schedule;
      if (said(now) !== said(before)) throw new Error(`Somebody has changed ${id} meanwhile. Close this and open it again.`);
      const { param, target, timeoutMs } = callOf(form);
      const isSameCall = given.func === undefined || ["func", "args", "version"].every((name) => String(form.get(name) ?? "") === (given[/** @type {"func"} */ (name)] ?? ""));
      await command("schedule.update", {
        id,
        ...whenAndWhat(form),
        promiseTimeout: timeoutMs,
        promiseParam: isSameCall ? before.promiseParam : { ...before.promiseParam, ...param },
        promiseTags: policy(form, { ...before.promiseTags, [TAG.target]: target }),
      });
      say(html`<bdi>${id}</bdi> is updated.`);
      then();
    },
  });
}

/**
 * What its calls are given, as the form takes it; without a function where its param does not say one.
 * @param {Schedule} schedule
 */
function givenOf(schedule) {
  const target = schedule.promiseTags[TAG.target] ?? "";
  const group = target.startsWith("poll://any@") && !target.slice("poll://any@".length).includes("/") ? target.slice("poll://any@".length) : undefined;
  const text = decodedText(schedule.promiseParam?.data ?? "");
  const given = fieldsOf({ call: { target, group }, param: { text } });
  return { ...given, func: isCall(text) ? given.func : undefined, timeout: durationText(schedule.promiseTimeout) };
}

/** @param {string | undefined} text */
function isCall(text) {
  try {
    const said = JSON.parse(text ?? "");
    return typeof said.func === "string" && (said.args === undefined || Array.isArray(said.args));
  } catch {
    return false;
  }
}

/**
 * What makes it another schedule.
 * @param {Schedule} schedule
 */
function said({ cron, promiseId, promiseTimeout, promiseParam, promiseTags }) {
  const tags = Object.entries(promiseTags).filter(([name]) => name !== TAG.buffered);
  return JSON.stringify([cron, promiseId, promiseTimeout, promiseParam, tags.sort()]);
}

/** @param {FormData} form */
function whenAndWhat(form) {
  return { cron: String(form.get("cron") ?? "").trim(), promiseId: String(form.get("promiseId") ?? "").trim() };
}

/**
 * @param {FormData} form
 * @param {Record<string, string>} tags those that are not the form's stay
 */
function policy(form, tags) {
  const changed = { ...tags };
  for (const name of [TAG.overlap, TAG.window, TAG.buffered]) delete changed[name];
  const overlap = String(form.get("overlap") ?? "allow");
  const window = String(form.get("window") ?? "").trim();
  if (overlap !== "allow") changed[TAG.overlap] = overlap;
  if (window) changed[TAG.window] = String(durationOf(window));
  return changed;
}

/**
 * @param {{ before: Schedule, given: Partial<import("./call-form.js").CallFields> } | null} known
 * @returns {() => unknown}
 */
function formOf(known) {
  const runs = new NextRuns(known?.before.cron ?? "0 9 * * MON-FRI");
  const tags = known?.before.promiseTags ?? {};
  const window = Number(tags[TAG.window]);
  return () => html`${known ? nothing : html`<label>Id <input name="id" required autocomplete="off" spellcheck="false" /></label>`}
    <label
      >Cron
      <input name="cron" required .value=${runs.typed} spellcheck="false" autocomplete="off" @input=${(/** @type {Event} */ event) => runs.type(/** @type {HTMLInputElement} */ (event.target).value)}
    /></label>
    <p class="hint">
      minute hour day month weekday, in UTC, or after <code>TZ=Europe/Berlin</code>. <b>Weekdays count from 1, and Sunday is 1</b>; names (MON) leave no question.
    </p>
    ${runs.fault ? html`<p class="fault" role="status">${runs.fault}</p>` : html`<ol class="next-runs" aria-label="The next runs">${runs.next.map((at) => html`<li>${instant(at)}</li>`)}</ol>`}
    <label>Id of each call <input name="promiseId" required .value=${known?.before.promiseId ?? "{{.id}}.{{.timestamp}}"} spellcheck="false" autocomplete="off" /></label>
    <p class="hint"><code>{{.timestamp}}</code> is when it is due. Without it all calls have one id, and only the first is made.</p>
    ${callFields(known?.given ?? {}, known !== null && known.given.func === undefined)}
    <div class="form-row">
      <label
        >While one goes on, the next
        <select name="overlap" .value=${tags[TAG.overlap] ?? "allow"}>
          ${OVERLAPS.map(([name, words]) => html`<option value=${name} ?selected=${name === (tags[TAG.overlap] ?? "allow")}>${words}</option>`)}
        </select></label
      >
      <label>Make up missed ones within <input name="window" placeholder="any time" pattern="(\\d+(ms|s|m|h|d))+" .value=${window > 0 ? durationText(window) : ""} autocomplete="off" /></label>
    </div>`;
}

/** The next instants of what is being typed. */
class NextRuns {
  /** @type {number[]} */
  next = [];
  fault = "";
  #timer = 0;

  /** @param {string} cron */
  constructor(cron) {
    this.typed = cron;
    this.#ask();
  }

  /** @param {string} cron */
  type(cron) {
    this.typed = cron;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), TYPED_MS);
  }

  async #ask() {
    const asked = this.typed;
    try {
      const next = await instants(asked);
      if (asked !== this.typed) return;
      this.next = next;
      this.fault = next.length ? "" : "It never comes.";
    } catch (thrown) {
      if (asked !== this.typed) return;
      this.next = [];
      this.fault = failureFrom(thrown).message;
    }
    redraw();
  }
}

/**
 * The next five instants, as the server reckons them.
 * @param {string} cron
 * @returns {Promise<number[]>}
 */
export async function instants(cron) {
  return (await get("console/api/cron?expression=" + encodeURIComponent(cron))).next;
}

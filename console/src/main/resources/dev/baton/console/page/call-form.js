// @ts-check
// The fields that say what is called: as `invoke` of the command line takes them.

import { html, nothing } from "./lit/lit-html.js";
import { encoded, jsonOrText } from "./encoding.js";
import { groupNames } from "./group-names.js";

/** @typedef {{ func: string, args: string, target: string, version: string, timeout: string }} CallFields */

/** @type {Record<string, number>} */
const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * @param {Partial<CallFields>} given
 * @param {boolean} [isParamKept] its param says no function, and stays as it is
 */
export function callFields(given, isParamKept = false) {
  return html`<div class="form-row">
      ${isParamKept ? nothing : html`<label>Function <input name="func" required .value=${given.func ?? ""} autocomplete="off" spellcheck="false" /></label>`}
      <label
        >Group or address
        <input name="target" required .value=${given.target ?? "default"} list="known-groups" autocomplete="off" spellcheck="false" />
        <datalist id="known-groups">${groupNames().slice(0, 200).map((name) => html`<option value=${name}></option>`)}</datalist>
      </label>
    </div>
    ${isParamKept
      ? html`<p class="hint">The param names no function that can be read here, and stays as it is.</p>`
      : html`<label>Arguments, one a line: JSON, or else a text <textarea name="args" spellcheck="false" .value=${given.args ?? ""}></textarea></label>`}
    <div class="form-row">
      <label>Time to live (as 90s, 1h, 1d) <input name="timeout" required pattern="(\\d+(ms|s|m|h|d))+" .value=${given.timeout ?? "1h"} /></label>
      ${isParamKept ? nothing : html`<label>Version of the function <input name="version" type="number" min="1" required .value=${given.version ?? "1"} /></label>`}
    </div>`;
}

/**
 * @param {FormData} form
 * @returns {{ param: { data: string }, target: string, timeoutMs: number }}
 */
export function callOf(form) {
  const args = String(form.get("args") ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(jsonOrText);
  const target = String(form.get("target") ?? "").trim();
  return {
    param: { data: encoded({ func: String(form.get("func") ?? "").trim(), args, version: Number(form.get("version")) || 1 }) },
    target: target.includes(":") ? target : "poll://any@" + target,
    timeoutMs: durationOf(String(form.get("timeout") ?? "")),
  };
}

/**
 * @param {string} text as 1h30m
 * @returns {number} ms
 */
export function durationOf(text) {
  const parts = [...text.trim().matchAll(/(\d+)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text.trim()) throw new Error(`“${text}” is no duration: 90s, 1h, 1d.`);
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * UNITS[unit], 0);
}

/**
 * The same the other way round, to the millisecond.
 * @param {number} ms
 */
export function durationText(ms) {
  let text = "";
  let left = ms;
  for (const [unit, length] of Object.entries(UNITS).toReversed()) {
    const n = Math.floor(left / length);
    if (n) text += n + unit;
    left -= n * length;
  }
  return text || "0ms";
}

/**
 * What a stored call was given, as the form takes it.
 * @param {{ call: { group?: string, target?: string, function?: string }, param?: { text?: string } }} whole
 * @returns {Partial<CallFields>}
 */
export function fieldsOf({ call, param }) {
  const target = call.group && call.target === `poll://any@${call.group}` ? call.group : (call.target ?? "default");
  try {
    const said = JSON.parse(param?.text ?? "{}");
    const args = Array.isArray(said.args) ? said.args.map((/** @type {unknown} */ arg) => JSON.stringify(arg)).join("\n") : "";
    return { func: said.func ?? call.function ?? "", args, target, version: String(said.version ?? 1) };
  } catch {
    return { func: call.function ?? "", target };
  }
}

// @ts-check
// A call and all that it called, each with what it was doing when.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { link } from "./address.js";
import { clock, shortened, span, stateShape, stateTone, stateWords } from "./words.js";

/** @typedef {import("./shapes.js").Node} Node */
/** @typedef {import("./shapes.js").Segment} Segment */

const MOST_DEPTH = 12;

/**
 * @param {Node[]} nodes in the order of ids
 * @param {string} root
 * @param {number} now
 */
export function waterfall(nodes, root, now) {
  const from = Math.min(...nodes.map((node) => node.segments[0]?.from ?? node.createdAt));
  const to = Math.max(from + 1, ...nodes.map((node) => end(node, now)));
  const depths = depthsOf(nodes);
  return html`<div class="table-scroll waterfall" tabindex="0" role="region" aria-label="The call and what it called">
    <table>
      <caption class="hidden">The call and what it called</caption>
      <thead>
        <tr>
          <th scope="col">Call</th>
          <th scope="col">State</th>
          <th scope="col" class="number">Took</th>
          <th scope="col" class="time"><span>${clock(from)}</span><span>${span(to - from)}</span></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          nodes,
          (node) => node.id,
          (node) => row(node, depths.get(node.id) ?? 0, node.id === root, from, to, now),
        )}
      </tbody>
    </table>
  </div>`;
}

/**
 * @param {Node} node
 * @param {number} depth
 * @param {boolean} isRoot
 * @param {number} from
 * @param {number} to
 * @param {number} now
 */
function row(node, depth, isRoot, from, to, now) {
  const begin = node.segments[0]?.from ?? node.createdAt;
  return html`<tr>
    <th scope="row" .style=${`padding-left: ${20 + Math.min(depth, MOST_DEPTH) * 16}px`}>
      ${isRoot ? html`<b title=${node.id}>${shortened(node.id, 40)}</b>` : html`<a href=${link("call", node.id)} title=${node.id}>${shortened(node.id, 40)}</a>`}
      <small title=${node.function ?? nothing}>${shortened(node.function ?? node.kind, 32)}</small>
    </th>
    <td><span class="state-word" data-tone=${stateTone(node.state)}><span aria-hidden="true">${stateShape(node.state)}</span> ${stateWords(node.state)}</span></td>
    <td class="number">${span(end(node, now) - begin)}</td>
    <td class="time"><div class="segments">${node.segments.map((segment, i) => bar(segment, holderBefore(node.segments, i), from, to, now))}</div></td>
  </tr>`;
}

/**
 * @param {Segment} segment
 * @param {string | undefined} before who ran it before, and did not give it back by itself
 * @param {number} from
 * @param {number} to
 * @param {number} now
 */
function bar(segment, before, from, to, now) {
  const begin = Math.min(segment.from, to);
  const until = Math.max(begin, Math.min(segment.to ?? now, to));
  const left = ((begin - from) / (to - from)) * 100;
  const width = ((until - begin) / (to - from)) * 100;
  const words = `${segment.state} ${span(until - begin)}${segment.pid ? ` on ${segment.pid}` : ""}`;
  const isPassed = segment.state === "running" && before !== undefined && before !== segment.pid;
  return html`<i
      class="segment ${segment.state} ${segment.to === undefined ? "goes-on" : ""}"
      .style=${`left: ${left.toFixed(3)}%; width: ${width.toFixed(3)}%`}
      title=${words}
      ><span class="hidden">${words}; </span></i
    >${isPassed ? html`<i class="passed" .style=${`left: ${left.toFixed(3)}%`} title="taken over from ${before}"></i>` : nothing}`;
}

/**
 * @param {Segment[]} segments
 * @param {number} i
 */
function holderBefore(segments, i) {
  for (let k = i - 1; k >= 0; k--) {
    if (segments[k].state === "running") return segments[k].pid;
    if (segments[k].state === "suspended" || segments[k].state === "halted") return undefined;
  }
  return undefined;
}

/**
 * @param {Node} node
 * @param {number} now
 */
function end(node, now) {
  return node.settledAt ?? Math.min(now, node.timeoutAt);
}

/**
 * How deep each is below the first.
 * @param {Node[]} nodes
 */
function depthsOf(nodes) {
  const parents = new Map(nodes.map((node) => [node.id, node.parent]));
  /** @type {Map<string, number>} */
  const depths = new Map();
  for (const node of nodes) {
    let depth = 0;
    let at = node.parent;
    while (at !== undefined && parents.has(at) && at !== node.id && depth < MOST_DEPTH) {
      depth++;
      const next = parents.get(at);
      if (next === at) break;
      at = next;
    }
    depths.set(node.id, depth);
  }
  return depths;
}

export function waterfallLegend() {
  return html`<ul class="legend" aria-label="Legend">
    <li><i class="swatch waiting"></i>waiting</li>
    <li><i class="swatch running"></i>running</li>
    <li><i class="swatch suspended"></i>suspended</li>
    <li><i class="swatch timer"></i>timer</li>
    <li><i class="swatch passed"></i>taken over</li>
  </ul>`;
}

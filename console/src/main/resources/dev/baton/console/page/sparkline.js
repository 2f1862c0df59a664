// @ts-check
// A minute of numbers in a line's height.

import { html, svg } from "./lit/lit-html.js";
import { rate } from "./words.js";

const WIDTH = 96;
const HEIGHT = 22;

/**
 * @param {number[]} values the latest last
 * @param {number} room for how many
 * @param {string} what
 */
export function sparkline(values, room, what) {
  const most = Math.max(...values, 1e-9);
  const step = WIDTH / (room - 1);
  const from = WIDTH - (values.length - 1) * step;
  const points = values.map((value, i) => `${(from + i * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 5)).toFixed(1)}`);
  const last = values.at(-1) ?? 0;
  const words = `${what}: ${rate(last)} now, at most ${rate(Math.max(...values, 0))}`;
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" width=${WIDTH} height=${HEIGHT} role="img" aria-label=${words}>
    <title>${words}</title>
    ${points.length > 1
      ? svg`<path class="area" d="M${points[0].split(",")[0]},${HEIGHT} L${points.join(" L")} L${WIDTH},${HEIGHT}Z" /><polyline points=${points.join(" ")} />`
      : ""}
  </svg>`;
}

// @ts-check
// One drawing a frame, however much has changed.

let isAsked = false;
/** @type {() => void} */
let draw = () => {};

/** @param {() => void} how */
export function drawWith(how) {
  draw = how;
}

/** Something has changed: the page is drawn again in the next frame. */
export function redraw() {
  if (isAsked) return;
  isAsked = true;
  // Frames stop in a page that nobody sees; it is to be right when it is looked at again.
  const later = document.hidden ? (/** @type {() => void} */ f) => setTimeout(f, 500) : requestAnimationFrame;
  later(() => {
    isAsked = false;
    draw();
  });
}

// Another time than now: the place's own, as its clock there shows it. The phone's clock is not asked.

import { choose, asked } from "./form.js";

const fold = /** @type {HTMLDetailsElement} */ (document.querySelector(".time"));

/**
 * Have the button lead back to now.
 * @param {() => void} changed
 */
export function offerTime(changed) {
  document.getElementById("now")?.addEventListener("click", (event) => {
    event.preventDefault();
    fold.open = false;
    if (!asked().at) return;
    choose({ ...asked(), at: "" });
    changed();
  });
}

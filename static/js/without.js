// Where nothing near has all that he needs: which single need to drop, a button each.

import { asked, drop } from "./form.js";
import { withoutWords } from "./words.js";

const place = /** @type {HTMLElement} */ (document.getElementById("without"));

/**
 * Show the buttons; none where nothing is to be dropped.
 * @param {import("./settings.js").Without[]} ways
 */
export function offerToDrop(ways) {
  place.textContent = "";
  for (const way of ways) {
    if (!asked().need.includes(way.need)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.value = way.need;
    button.textContent = withoutWords(way);
    place.appendChild(document.createElement("li")).appendChild(button);
  }
  place.hidden = !place.children.length;
}

/**
 * Call back when a need was dropped.
 * @param {() => void} dropped
 */
export function listenToDrop(dropped) {
  place.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    drop(target.value);
    document.getElementById("answer")?.focus({ preventScroll: true });
    dropped();
  });
}

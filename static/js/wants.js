// A service typed where a place is asked for: a button that asks for it, around the place before.

import { add, asked } from "./form.js";
import { meant } from "./rows.js";
import { settings } from "./settings.js";
import { tell } from "./words.js";

const place = /** @type {HTMLElement} */ (document.getElementById("wants"));

/**
 * Show a button for each service that a text may mean and that is not asked for; "" shows none.
 * @param {string} text
 */
export function offerToWant(text) {
  place.textContent = "";
  for (const code of meant(text)) {
    if (asked().need.includes(code)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.value = code;
    button.textContent = tell("Look for stations with {service}?", { service: settings.labels.services[code] });
    place.appendChild(document.createElement("li")).appendChild(button);
  }
  place.hidden = !place.children.length;
}

/**
 * Call back when one of the services was added to what is asked for.
 * @param {() => void} wanted
 */
export function listenToWant(wanted) {
  place.addEventListener("click", (event) => {
    const button = event.target;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault(); // the server's own buttons would send the form
    add(button.value);
    offerToWant("");
    document.getElementById("answer")?.focus({ preventScroll: true });
    wanted();
  });
}

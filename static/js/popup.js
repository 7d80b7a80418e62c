// What is told of a station that was touched on the map: its name, its state, the way to its page, and a look around it.

import { L } from "./leaflet.js";
import { settings } from "./settings.js";
import { tell } from "./words.js";

const NAMED = 6;

/** @typedef {import("./bubbles.js").Bubble} Bubble */

/**
 * Open the popup over a bubble.
 * @param {import("leaflet").Map} map
 * @param {Bubble} bubble
 * @param {Bubble[]} near the dots under the same finger; none for a cluster that nothing takes apart
 * @param {(lon: number, lat: number) => void} onLook
 */
export function openPopup(map, bubble, near, onLook) {
  const box = document.createElement("div");
  box.className = "place-popup";
  const close = button("×", "place-popup__close", () => map.closePopup());
  close.setAttribute("aria-label", tell("Close"));
  box.appendChild(close);
  if (near.length) near.slice(0, NAMED).forEach(({ facts }) => box.appendChild(entry(facts)));
  else box.appendChild(line("b", tell("{count} stations here", { count: bubble.facts.count })));
  if (near.length > NAMED) box.appendChild(line("p", tell("and {count} more here", { count: near.length - NAMED })));
  const { lat, lng } = bubble.getLatLng().wrap();
  box.appendChild(
    button(tell("Look around here"), "place-popup__look", () => {
      map.closePopup();
      onLook(lng, lat);
    }),
  );
  box.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    map.closePopup();
    map.getContainer().focus({ preventScroll: true });
  });
  L.DomEvent.disableClickPropagation(box);
  const popup = L.popup({ closeButton: false, className: "place-leaf", minWidth: 200, maxWidth: 280, offset: [0, -4] });
  popup.setLatLng(bubble.getLatLng()).setContent(box).openOn(map);
  box.querySelector("a")?.focus({ preventScroll: true });
}

/**
 * @param {import("./bubbles.js").Facts} facts
 * @returns {HTMLElement}
 */
function entry({ id = "", name = "", state = "unknown" }) {
  const made = document.createElement("p");
  made.className = "place-popup__entry";
  const link = document.createElement("a");
  link.href = settings.station + encodeURIComponent(id);
  link.textContent = name;
  const words = { open: tell("Open now"), closed: tell("Closed now"), unknown: tell("Hours unknown") };
  const told = line("span", words[state]);
  told.className = `place-popup__state place-popup__state--${state}`;
  made.append(link, told);
  return made;
}

/**
 * @param {string} tag
 * @param {string} text
 * @returns {HTMLElement}
 */
function line(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/**
 * @param {string} text
 * @param {string} look
 * @param {() => void} pressed
 * @returns {HTMLButtonElement}
 */
function button(text, look, pressed) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = text;
  made.addEventListener("click", pressed);
  return made;
}

// Whose base map it is, its review number, and whom it asks: always in sight, in a corner of the map.

import { L } from "./leaflet.js";
import { tell } from "./words.js";

/**
 * @param {import("leaflet").Map} map
 * @param {import("./tiles.js").Told} told
 */
export function showCredit(map, told) {
  const control = new L.Control({ position: "bottomright" });
  control.onAdd = () => {
    const note = document.createElement("p");
    note.className = "credit";
    const parts = [credit(told), told.approval && tell("Map review number {number}", { number: told.approval })];
    if (told.host) parts.push(tell("The base map comes from {host}, which learns what part of the map you look at.", { host: told.host }));
    for (const part of parts.filter(Boolean)) {
      if (note.childNodes.length) note.append(" · ");
      note.append(/** @type {string | Node} */ (part));
    }
    L.DomEvent.disableClickPropagation(note);
    return note;
  };
  control.addTo(map);
  map.getContainer().classList.add("credited");
}

/**
 * @param {import("./tiles.js").Told} told
 * @returns {string | Node}
 */
function credit(told) {
  if (!told.creditUrl) return told.credit;
  const link = document.createElement("a");
  link.href = told.creditUrl;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.textContent = told.credit;
  return link;
}

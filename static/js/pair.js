// List and map as a pair: the map comes later and may stay away; what is chosen in one stands out in the other.

import { settings } from "./settings.js";
import { tell } from "./words.js";

/** @typedef {{features: import("./settings.js").Feature[], here: [number, number] | null, at: string, vague_m?: number}} Shown vague_m: metres within which he is, where that is far */

const list = /** @type {HTMLElement} */ (document.getElementById("answer"));
const card = /** @type {HTMLElement} */ (document.getElementById("card"));

/** @type {import("./map.js").StationMap | null} */
let map = null;
/** @type {Shown | null} */
let last = null;
let chosen = "";
let opening = false;
let framed = true;

/**
 * Show an answer on the map, now or when the map is there.
 * @param {Shown} shown
 * @param {boolean} frame move the map so that all is in sight
 */
export function showOnMap(shown, frame) {
  last = shown;
  framed = framed && !frame;
  if (map && inSight()) {
    map.show(shown.features, shown.here, shown.at, frame || !framed, shown.vague_m || 0);
    framed = true;
  }
  if (chosen) choose(chosen);
}

/**
 * Show where he is now, among the stations that the list shows.
 * @param {[number, number]} here
 */
export function moveHere(here) {
  if (last) showOnMap({ ...last, here }, false);
}

/** @returns {boolean} whether the map can be seen: what has no size cannot be framed */
function inSight() {
  return Boolean(document.getElementById("map")?.offsetWidth);
}

/**
 * Make one station stand out in list and map.
 * @param {string} id
 * @param {{scroll?: boolean, focus?: boolean}} [how]
 */
export function choose(id, { scroll = false, focus = false } = {}) {
  chosen = id;
  for (const row of list.querySelectorAll(".row")) {
    const meant = row.getAttribute("data-id") === id;
    row.classList.toggle("chosen", meant);
    if (meant && scroll) row.scrollIntoView({ block: "nearest" });
    if (meant && focus) row.querySelector("a")?.focus({ preventScroll: true });
  }
  map?.choose(id);
  showCard(id);
}

/**
 * Show the row of a station over the map, for views where the list is out of sight.
 * @param {string} id
 */
function showCard(id) {
  const row = id && Array.from(list.querySelectorAll(".row")).find((each) => each.getAttribute("data-id") === id);
  card.textContent = "";
  card.hidden = !row || list.offsetParent !== null;
  if (!row || card.hidden) return;
  const copy = /** @type {HTMLElement} */ (row.cloneNode(true));
  copy.removeAttribute("data-id");
  card.appendChild(copy);
}

/**
 * Fetch and open the map, once, and show the answer on it; without it the list goes on working.
 * @param {(lon: number, lat: number) => void} onPick
 */
export async function openMap(onPick) {
  if (map && last) showOnMap(last, false);
  if (opening) return;
  opening = true;
  const element = /** @type {HTMLElement} */ (document.getElementById("map"));
  const note = /** @type {HTMLElement} */ (document.getElementById("map-note"));
  try {
    await Promise.all(settings.map.styles.map(styleSheet));
    const { StationMap } = await import("./map.js");
    map = new StationMap(element, { onPick, onChoose: (id) => choose(id, { scroll: true }) });
    if (last) showOnMap(last, true);
  } catch {
    element.hidden = true;
    note.hidden = false;
    note.textContent = tell("The map cannot be shown here. The list works without it.");
  }
}

/** Have the row that is pointed at, or holds the focus, stand out on the map. */
export function followList() {
  const follow = (/** @type {Event} */ { target }) => {
    const row = target instanceof Element && target.closest(".row");
    if (row) choose(row.getAttribute("data-id") || "");
  };
  list.addEventListener("mouseover", follow);
  list.addEventListener("focusin", follow);
}

/**
 * @param {string} address
 * @returns {Promise<void>}
 */
function styleSheet(address) {
  return new Promise((loaded, failed) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.onload = () => loaded();
    link.onerror = () => failed(new Error(address));
    link.href = address;
    document.head.appendChild(link);
  });
}

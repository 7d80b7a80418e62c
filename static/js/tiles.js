// Tiles of the base map that the operator chose. Where they fail, word is given, and they are tried again later.

import { L } from "./leaflet.js";

const FAILURES = 4;
const AGAIN_MS = 60000;

/**
 * @typedef {object} Told a base map as the server tells it (stationmap/web/tiles.py)
 * @property {string[]} layers
 * @property {string} subdomains
 * @property {"wgs84" | "gcj02"} datum
 * @property {string} credit
 * @property {string} creditUrl
 * @property {string} approval
 * @property {string} host "" for our own
 * @property {number} maxZoom
 * @property {string} referrer
 */

/**
 * Put the tiles on a map.
 * @param {import("leaflet").Map} map
 * @param {Told} told
 * @param {{lost: () => void, back: () => void}} changed called when tiles fail, and when they come after that
 */
export function showTiles(map, told, changed) {
  const layers = told.layers.map((template) => layer(template, told));
  let [failures, lost] = [0, false];
  const retry = () => lost && layers.forEach((each) => each.addTo(map).redraw());
  layers[0].on("tileload", () => {
    failures = 0;
    if (lost) changed.back();
    lost = false;
  });
  layers[0].on("tileerror", () => {
    failures += 1;
    if (failures < FAILURES) return;
    failures = 0;
    layers.forEach((each) => each.remove());
    window.setTimeout(retry, AGAIN_MS);
    if (!lost) changed.lost();
    lost = true;
  });
  window.addEventListener("online", retry);
  layers.forEach((each) => each.addTo(map));
}

/**
 * @param {string} template
 * @param {Told} told
 * @returns {import("leaflet").TileLayer}
 */
function layer(template, { subdomains, maxZoom, referrer }) {
  const referrerPolicy = referrer === "strict-origin" ? referrer : "no-referrer";
  return L.tileLayer(template, { subdomains: subdomains || "a", maxNativeZoom: maxZoom, referrerPolicy, className: "tiles" });
}

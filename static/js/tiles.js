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

/** Leaflet's tiles, but those no longer wanted lose their address: it would give them one (data:) that our policy bars. */
class Tiles extends L.TileLayer {
  /** @param {string} key of a tile that is out of sight */
  _removeTile(key) {
    const inside = /** @type {any} */ (this);
    inside._tiles[key]?.el.removeAttribute("src");
    /** @type {any} */ (L.GridLayer.prototype)._removeTile.call(this, key);
  }

  /** Let go of what is still on its way for another zoom. */
  _abortLoading() {
    const inside = /** @type {any} */ (this);
    for (const key of Object.keys(inside._tiles)) {
      const { coords, el } = inside._tiles[key];
      if (coords.z === inside._tileZoom) continue;
      el.onload = el.onerror = null;
      if (el.complete) continue;
      el.removeAttribute("src");
      el.remove();
      delete inside._tiles[key];
      this.fire("tileabort", { tile: el, coords });
    }
  }
}

/**
 * @param {string} template
 * @param {Told} told
 * @returns {import("leaflet").TileLayer}
 */
function layer(template, { subdomains, maxZoom, referrer }) {
  const referrerPolicy = referrer === "strict-origin" ? referrer : "no-referrer";
  return new Tiles(template, { subdomains: subdomains || "a", maxNativeZoom: maxZoom, referrerPolicy, className: "tiles" });
}

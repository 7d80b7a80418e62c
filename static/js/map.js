// The map beside the list: where he is, the stations of the list as numbered pins, all others as clusters and dots.

import { near } from "./answer.js";
import { openBase } from "./base.js";
import { Clusters } from "./clusters.js";
import { crsOf } from "./crs.js";
import { L } from "./leaflet.js";
import { openPopup } from "./popup.js";
import { emptyRow, shaped } from "./rows.js";
import { settings } from "./settings.js";
import { shape, tell } from "./words.js";

const PIN_PX = 36;
const DOUBLE_TAP_MS = 260;
const CLOSEST_ZOOM = 17;

/** @typedef {import("./settings.js").Feature} Feature */

export class StationMap {
  /**
   * @param {HTMLElement} element
   * @param {{onPick: (lon: number, lat: number) => void, onChoose: (id: string) => void}} callbacks
   */
  constructor(element, { onPick, onChoose }) {
    const { tiles } = settings.map;
    this.map = L.map(element, {
      crs: crsOf(tiles ? tiles.datum : "wgs84"),
      zoomControl: false,
      attributionControl: false,
      maxZoom: 18,
      minZoom: 3,
      zoomSnap: tiles ? 1 : 0.5,
    });
    this.pins = L.layerGroup().addTo(this.map);
    /** @type {Map<string, import("leaflet").Marker>} */
    this.byId = new Map();
    this.onChoose = onChoose;
    L.control.zoom({ position: "topright", zoomInTitle: tell("Closer"), zoomOutTitle: tell("Farther") }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    this.frameAll();
    this.pickOnTap(onPick);
    this.pickOnEnter(element, onPick);
    openBase(this.map, () => this.marked());
    this.clusters = new Clusters(this.map, (bubble, near) => openPopup(this.map, bubble, near, onPick));
  }

  /** Show all stations, or the whole country where there is none. */
  frameAll() {
    const [west, south, east, north] = settings.extent || [73, 18, 135, 54];
    this.map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: CLOSEST_ZOOM, animate: false });
  }

  /**
   * A tap sets the position, once it is clear that it is no double tap.
   * @param {(lon: number, lat: number) => void} onPick
   */
  pickOnTap(onPick) {
    let [waiting, closed] = [0, 0];
    this.map.on("popupclose", () => (closed = performance.now()));
    this.map.on("click", ({ latlng }) => {
      window.clearTimeout(waiting);
      if (performance.now() - closed < DOUBLE_TAP_MS) return; // it closed a popup
      const { lng, lat } = latlng.wrap();
      waiting = window.setTimeout(() => onPick(lng, lat), DOUBLE_TAP_MS);
    });
    this.map.on("dblclick", () => window.clearTimeout(waiting));
  }

  /**
   * The keyboard's way to set the position: the middle of the map, where a cross stands while the map has the focus.
   * @param {HTMLElement} element
   * @param {(lon: number, lat: number) => void} onPick
   */
  pickOnEnter(element, onPick) {
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", tell("Map. The arrow keys move it, plus and minus change its size, Enter looks around its middle. The list has the same stations."));
    element.addEventListener("keyup", ({ target }) => element.classList.toggle("by-keys", target === element));
    element.addEventListener("mousedown", () => element.classList.remove("by-keys"));
    element.addEventListener("keydown", ({ key, target }) => {
      if (key !== "Enter" || target !== element) return;
      const { lng, lat } = this.map.getCenter().wrap();
      onPick(lng, lat);
    });
  }

  /**
   * Show an answer.
   * @param {Feature[]} features in the order of the list
   * @param {[number, number] | null} here lon, lat of the worker
   * @param {string} at
   * @param {boolean} frame move the map so that all within an hour, else the nearest, is in sight
   * @param {number} [vague_m] metres within which he is, where that is far: a circle is drawn
   */
  show(features, here, at, frame, vague_m = 0) {
    this.pins.clearLayers();
    this.byId.clear();
    features.forEach((feature, i) => this.addPin(feature, i + 1, at));
    this.map.invalidateSize({ animate: false });
    if (here) this.pins.addLayer(herePin(here));
    if (here && vague_m) this.pins.addLayer(L.circle([here[1], here[0]], { radius: vague_m, className: "vague", interactive: false }));
    const framed = features.some(near) ? features.filter(near) : features.slice(0, 1);
    const points = framed.map(({ geometry }) => geometry.coordinates).concat(here ? [here] : []);
    if (frame && points.length) {
      const bounds = L.latLngBounds(points.map(([lon, lat]) => [lat, lon]));
      this.map.fitBounds(bounds, { padding: [40, 40], maxZoom: CLOSEST_ZOOM, animate: false });
    }
    this.map.fire("answer");
    this.clusters.without(this.byId.keys());
  }

  /**
   * @param {Feature} feature
   * @param {number} number
   * @param {string} at
   */
  addPin({ geometry, properties, unsure }, number, at) {
    const icon = L.divIcon({ html: markElement(shape(properties, at, Boolean(unsure)), number), className: "pin", iconSize: [PIN_PX, PIN_PX] });
    const [lon, lat] = geometry.coordinates;
    const title = `${number}. ${properties.name}: ${properties.state_words}`;
    const pin = L.marker([lat, lon], { icon, title, keyboard: false, riseOnHover: true, zIndexOffset: 1000 - number * 10 });
    pin.on("click", () => this.onChoose(properties.id));
    this.pins.addLayer(pin);
    this.byId.set(properties.id, pin);
  }

  /** @returns {import("leaflet").LatLng[]} where pins, clusters and the worker himself stand */
  marked() {
    /** @type {import("leaflet").LatLng[]} */
    const places = [];
    this.pins.eachLayer((pin) => pin instanceof L.Marker && places.push(pin.getLatLng()));
    return places.concat(this.clusters ? this.clusters.marked() : []);
  }

  /**
   * Make one pin stand out.
   * @param {string | null} id
   */
  choose(id) {
    for (const [each, pin] of this.byId) {
      pin.getElement()?.classList.toggle("chosen", each === id);
      pin.setZIndexOffset(each === id ? 2000 : 0);
    }
  }
}

/**
 * @param {string} look
 * @param {number} number
 * @returns {HTMLElement}
 */
function markElement(look, number) {
  const made = emptyRow().querySelector(".mark");
  const text = made?.querySelector("b");
  if (text) text.textContent = String(number);
  return shaped(/** @type {HTMLElement} */ (made), look);
}

/**
 * @param {[number, number]} here
 * @returns {import("leaflet").Marker}
 */
function herePin([lon, lat]) {
  const icon = L.divIcon({ className: "here", iconSize: [20, 20] });
  return L.marker([lat, lon], { icon, interactive: false, keyboard: false, zIndexOffset: 1500 });
}

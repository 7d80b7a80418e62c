// Names of areas, each where the server chose: the smallest areas that hold their name, none upon another or under a pin.

import { L } from "./leaflet.js";

const UP_TO_ZOOM = 14;
const CHARACTER_PX = 19;
const HEIGHT_PX = 24;
const PIN_PX = 28;
const SHIFTS_PX = [0, -15, 15, -30, 30, -45, 45, -60, 60];
const MOST_SHIFTED = 0.3;

/** @typedef {import("leaflet").Point} Point */
/** @typedef {{name: string, at: import("leaflet").LatLng, bounds: import("leaflet").LatLngBounds}} Area */

export class AreaNames {
  /** @param {import("geojson").FeatureCollection} areas */
  constructor(areas) {
    /** @type {Area[]} */
    this.areas = areas.features
      .filter(({ properties }) => properties?.name && properties.at.length)
      .map((area) => ({
        name: area.properties?.name,
        at: L.latLng(area.properties?.at[1], area.properties?.at[0]),
        bounds: L.geoJSON(area).getBounds(),
      }));
    this.layer = L.layerGroup();
  }

  /**
   * Keep the names right as the map moves.
   * @param {import("leaflet").Map} map
   * @param {() => import("leaflet").LatLng[]} marked where pins stand
   * @returns {import("leaflet").Layer} the names
   */
  on(map, marked) {
    const place = () => map.hasLayer(this.layer) && this.place(map, marked());
    map.on("moveend answer gathered", place);
    this.layer.on("add", place);
    return this.layer;
  }

  /**
   * @param {import("leaflet").Map} map
   * @param {import("leaflet").LatLng[]} marked
   */
  place(map, marked) {
    this.layer.clearLayers();
    if (map.getZoom() > UP_TO_ZOOM) return;
    const view = map.getBounds();
    const pixels = (/** @type {import("leaflet").LatLng} */ at) => map.latLngToContainerPoint(at);
    const drawn = this.areas
      .filter(({ at }) => view.contains(at))
      .map((area) => ({ ...area, spot: pixels(area.at), size: size(area.bounds, pixels), reach: area.name.length * CHARACTER_PX }))
      .filter(({ size: { x, y }, reach }) => x >= reach * 0.8 && y >= HEIGHT_PX)
      .sort((a, b) => a.size.x * a.size.y - b.size.x * b.size.y);
    const taken = marked.map((at) => ({ spot: pixels(at), reach: PIN_PX, height: PIN_PX }));
    for (const { name, spot, reach, size } of drawn) {
      const free = (/** @type {Point} */ { x, y }) =>
        taken.every((other) => {
          const apart = Math.abs(other.spot.y - y) > (other.height + HEIGHT_PX) / 2;
          return apart || Math.abs(other.spot.x - x) > (other.reach + reach) / 2;
        });
      const shifts = SHIFTS_PX.filter((shift) => Math.abs(shift) <= size.y * MOST_SHIFTED);
      const place = shifts.map((shift) => L.point(spot.x, spot.y + shift)).find(free);
      if (!place) continue;
      taken.push({ spot: place, reach, height: HEIGHT_PX });
      this.layer.addLayer(nameMarker(map, name, place));
    }
  }
}

/**
 * @param {import("leaflet").LatLngBounds} bounds
 * @param {(at: import("leaflet").LatLng) => Point} pixels
 * @returns {Point} width and height in pixels
 */
function size(bounds, pixels) {
  const [a, b] = [pixels(bounds.getNorthWest()), pixels(bounds.getSouthEast())];
  return L.point(b.x - a.x, b.y - a.y);
}

/**
 * @param {import("leaflet").Map} map
 * @param {string} name
 * @param {Point} spot
 * @returns {import("leaflet").Marker}
 */
function nameMarker(map, name, spot) {
  const text = document.createElement("span");
  text.textContent = name;
  const icon = L.divIcon({ html: text, className: "label label--area", iconSize: [160, HEIGHT_PX] });
  return L.marker(map.containerPointToLatLng(spot), { icon, pane: "names", interactive: false, keyboard: false });
}

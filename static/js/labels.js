// Street names along their streets, as many as fit without touching each other.

import { L } from "./leaflet.js";

const FROM_ZOOM = 14;
const CHARACTER_PX = 14;
const MOST = 40;
const STEP_DEGREES = 0.001;
const PIN_PX = 20;
const PLACES = [0.5, 0.35, 0.65, 0.2, 0.8];

/** @typedef {{at: import("leaflet").LatLng[], bounds: import("leaflet").LatLngBounds}} Line */
/** @typedef {{name: string, lines: Line[]}} Street */
/** @typedef {{x: number, y: number, angle: number}} Spot in pixels of the container; radians */

export class StreetNames {
  /** @param {import("geojson").FeatureCollection} streets */
  constructor(streets) {
    /** @type {Street[]} */
    this.streets = streets.features
      .filter(({ properties }) => properties?.name)
      .map(({ properties, geometry }) => ({
        name: properties?.name,
        lines: lines(geometry)
          .map(dense)
          .map((at) => ({ at, bounds: L.latLngBounds(at) })),
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
    if (map.getZoom() < FROM_ZOOM) return;
    const pins = marked.map((at) => map.latLngToContainerPoint(at));
    /** @type {Spot[]} */
    const taken = [];
    const view = map.getBounds();
    for (const { name, lines } of this.streets) {
      const reach = name.length * CHARACTER_PX;
      const seen = lines.filter(({ bounds }) => view.intersects(bounds)).map(({ at }) => at);
      const spot = seen.length && longestVisible(map, seen, reach, pins);
      if (!spot || taken.some((other) => near(other, spot, reach))) continue;
      taken.push(spot);
      this.layer.addLayer(nameMarker(map, name, spot));
      if (taken.length === MOST) return;
    }
  }
}

/**
 * @param {import("geojson").Geometry} geometry
 * @returns {import("geojson").Position[][]}
 */
function lines(geometry) {
  if (geometry.type === "LineString") return [geometry.coordinates];
  return geometry.type === "MultiLineString" ? geometry.coordinates : [];
}

/**
 * Return a line with a point every hundred metres or so: the part of it that is in sight then has points.
 * @param {import("geojson").Position[]} line
 * @returns {import("leaflet").LatLng[]}
 */
function dense(line) {
  return line.flatMap(([lon, lat], i) => {
    const [nextLon, nextLat] = line[i + 1] || [lon, lat];
    const parts = Math.max(1, Math.ceil(Math.hypot(nextLon - lon, nextLat - lat) / STEP_DEGREES));
    const at = (/** @type {number} */ part) => L.latLng(lat + ((nextLat - lat) * part) / parts, lon + ((nextLon - lon) * part) / parts);
    return Array.from({ length: parts }, (_, part) => at(part));
  });
}

/**
 * Return where a name can stand on the longest part of a street that is in sight, null when it cannot.
 * @param {import("leaflet").Map} map
 * @param {import("leaflet").LatLng[][]} lines
 * @param {number} reach pixels that the name takes
 * @param {import("leaflet").Point[]} pins where no name may lie
 * @returns {Spot | null}
 */
function longestVisible(map, lines, reach, pins) {
  const size = map.getSize();
  /** @type {import("leaflet").Point[]} */
  let best = [];
  let most = reach * 1.2;
  const inside = (/** @type {import("leaflet").Point} */ p) => p.x > 10 && p.y > 10 && p.x < size.x - 10 && p.y < size.y - 10;
  const consider = (/** @type {import("leaflet").Point[]} */ run) => {
    const length = run.length > 1 ? run[0].distanceTo(run[run.length - 1]) : 0;
    if (length > most) [best, most] = [run, length];
  };
  for (const line of lines) {
    /** @type {import("leaflet").Point[]} */
    let run = [];
    for (const point of line.map((at) => map.latLngToContainerPoint(at))) {
      if (inside(point)) run.push(point);
      else [run] = [[], consider(run)];
    }
    consider(run);
  }
  const free = (/** @type {Spot} */ { x, y }) => pins.every((pin) => Math.hypot(pin.x - x, pin.y - y) > reach / 2 + PIN_PX);
  return (best.length && PLACES.map((share) => spotOf(best, share)).find(free)) || null;
}

/**
 * @param {import("leaflet").Point[]} run
 * @param {number} share how far along it, 0 to 1
 * @returns {Spot}
 */
function spotOf(run, share) {
  const at = Math.max(1, Math.floor(run.length * share));
  const [a, b] = [run[at - 1], run[at]];
  const angle = Math.atan2(b.y - a.y, b.x - a.x);
  const upright = Math.abs(angle) > Math.PI / 2 ? angle - Math.sign(angle) * Math.PI : angle;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, angle: upright };
}

/**
 * @param {Spot} a
 * @param {Spot} b
 * @param {number} reach
 * @returns {boolean}
 */
function near(a, b, reach) {
  return Math.hypot(a.x - b.x, a.y - b.y) < reach * 0.6 + 24;
}

/**
 * @param {import("leaflet").Map} map
 * @param {string} name
 * @param {Spot} spot
 * @returns {import("leaflet").Marker}
 */
function nameMarker(map, name, spot) {
  const text = document.createElement("span");
  text.textContent = name;
  text.style.cssText = `display:inline-block;transform:rotate(${spot.angle.toFixed(3)}rad)`;
  const icon = L.divIcon({ html: text, className: "label label--street", iconSize: [120, 18] });
  return L.marker(map.containerPointToLatLng([spot.x, spot.y]), { icon, pane: "names", interactive: false, keyboard: false });
}

// All stations on the map: clusters and dots of the window in sight, from the server, never more than 2,000 objects.

import { Bubble, radiusOf } from "./bubbles.js";
import { onTheme } from "./colours.js";
import { L } from "./leaflet.js";
import { settings } from "./settings.js";
import { bboxOf, holds, tilesOf } from "./windows.js";

const MOST = 2000;
const PAUSE_MS = 120;
const KEPT = 24;
const FRESH_MS = 120000;
const TOUCH_PX = 14;
const MERCATOR = L.CRS.EPSG3857;

/** @typedef {{features: import("geojson").Feature[], cells: number}} Gathered cells: how many the world has to a side */
/** @typedef {Gathered & {tiles: import("./windows.js").Tiles, filter: string, at: number}} Answer */

export class Clusters {
  /**
   * @param {import("leaflet").Map} map
   * @param {(bubble: Bubble, near: Bubble[]) => void} onTouch a bubble, and the dots that lie under the same finger
   */
  constructor(map, onTouch) {
    this.map = map;
    this.onTouch = onTouch;
    map.createPane("stations").style.zIndex = "450";
    this.renderer = L.canvas({ pane: "stations", padding: 0.3, tolerance: TOUCH_PX });
    /** @type {Map<string, Bubble>} */
    this.drawn = new Map();
    /** @type {Answer[]} */
    this.kept = [];
    /** @type {Set<string>} */
    this.pinned = new Set();
    this.question = new AbortController();
    this.waiting = 0;
    map.on("moveend", () => this.soon());
    onTheme(() => this.drawn.forEach((bubble) => bubble.redraw()));
    this.load();
  }

  /**
   * Leave out stations that stand on the map as pins, and look for what the filters now leave.
   * @param {Iterable<string>} ids
   */
  without(ids) {
    const quiet = this.pinned.size > 0;
    this.pinned = new Set(ids);
    if (quiet !== this.pinned.size > 0) this.drawn.forEach((bubble) => bubble.redraw());
    this.soon();
  }

  soon() {
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => this.load(), PAUSE_MS);
  }

  /** Show what is in sight: what is kept at once, else what the server says. */
  async load() {
    if (!this.map.getSize().x) return;
    this.question.abort();
    const tiles = this.tiles();
    const filter = filters();
    const fresh = performance.now() - FRESH_MS;
    const known = this.kept.find((each) => each.filter === filter && each.at > fresh && holds(each.tiles, tiles));
    if (known) {
      this.draw(known);
      return;
    }
    this.question = new AbortController();
    const { signal } = this.question;
    try {
      const answer = { ...(await ask(tiles, filter, signal)), tiles, filter, at: performance.now() };
      this.kept = [answer, ...this.kept].slice(0, KEPT);
      this.draw(answer);
    } catch {
      // Overtaken, or no line: what is drawn stays.
    }
  }

  /** @returns {import("./windows.js").Tiles} */
  tiles() {
    const bounds = this.map.getBounds();
    const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    return tilesOf({ west, south, east, north }, Math.floor(this.map.getZoom()));
  }

  /** @param {Answer} answer */
  draw({ features, cells, tiles }) {
    const middle = this.map.getCenter().lng;
    const wanted = new Map();
    for (const feature of features.slice(0, MOST - this.pinned.size)) {
      const { id, properties, bbox } = feature;
      if (id && this.pinned.has(String(id))) continue;
      const place = /** @type {import("geojson").Point} */ (feature.geometry).coordinates;
      const [lon, lat] = id ? place : apart(place, radiusOf(properties?.count), cells, tiles.zoom);
      const shown = lon + 360 * Math.round((middle - lon) / 360); // in the copy of the world that is in sight
      const key = `${id || properties?.count} ${properties?.state || ""} ${shown} ${lat}`;
      wanted.set(key, { at: [lat, shown], facts: { count: 1, ...properties, id }, bbox });
    }
    this.drawn.forEach((bubble, key) => !wanted.has(key) && bubble.remove() && this.drawn.delete(key));
    for (const [key, { at, facts, bbox }] of wanted) {
      if (!this.drawn.has(key)) this.drawn.set(key, this.bubble(at, facts, bbox));
    }
    const { dataset } = this.map.getContainer();
    dataset.objects = String(this.drawn.size + this.pinned.size);
    dataset.view = [middle, this.map.getCenter().lat, this.map.getZoom()].join(",");
    this.map.fire("gathered");
  }

  /** @returns {import("leaflet").LatLng[]} where clusters stand: dots are too small to hide a name */
  marked() {
    return Array.from(this.drawn.values())
      .filter(({ facts }) => facts.count > 1)
      .map((bubble) => bubble.getLatLng());
  }

  /**
   * @param {[number, number]} at
   * @param {import("./bubbles.js").Facts} facts
   * @param {import("geojson").BBox | undefined} bbox
   * @returns {Bubble}
   */
  bubble(at, facts, bbox) {
    const bubble = new Bubble(at, facts, { renderer: this.renderer, pane: "stations", quiet: () => this.pinned.size > 0 }).addTo(this.map);
    bubble.on("click", () => (facts.count > 1 && bbox && this.closer(at, bbox)) || this.onTouch(bubble, this.near(bubble)));
    return bubble;
  }

  /**
   * Go to where the members of a cluster can be told apart.
   * @param {[number, number]} at
   * @param {import("geojson").BBox} bbox
   * @returns {boolean} false where nearer is not possible
   */
  closer([lat, lon], bbox) {
    const [west, south, east, north] = bbox;
    const turn = 360 * Math.round((lon - west) / 360);
    const bounds = L.latLngBounds([south, west + turn], [north, east + turn]);
    const [now, most] = [this.map.getZoom(), this.map.getMaxZoom()];
    if (now >= most) return false;
    const zoom = Math.min(most, Math.max(now + 1, this.map.getBoundsZoom(bounds, false, L.point(60, 60))));
    const animate = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.setView(zoom === now + 1 ? [lat, lon] : bounds.getCenter(), zoom, { animate });
    return true;
  }

  /**
   * @param {Bubble} bubble
   * @returns {Bubble[]} the dots under the same finger, itself first
   */
  near(bubble) {
    const here = this.map.latLngToLayerPoint(bubble.getLatLng());
    const under = (/** @type {Bubble} */ each) => this.map.latLngToLayerPoint(each.getLatLng()).distanceTo(here) <= TOUCH_PX;
    const others = Array.from(this.drawn.values()).filter((each) => each !== bubble && each.facts.count === 1 && under(each));
    return bubble.facts.count === 1 ? [bubble, ...others] : [];
  }
}

/**
 * Return where a cluster is drawn: at the mean of its stations, but so far within its cell that it touches no other.
 * @param {number[]} place lon, lat
 * @param {number} radius pixels
 * @param {number} cells
 * @param {number} zoom
 * @returns {number[]} lon, lat
 */
function apart([lon, lat], radius, cells, zoom) {
  const world = 256 * 2 ** zoom;
  const cell = world / cells;
  const edge = Math.min(radius + 1, cell / 2);
  const at = MERCATOR.latLngToPoint(L.latLng(lat, lon), zoom);
  const within = (/** @type {number} */ value) => {
    const start = Math.floor(value / cell) * cell;
    return Math.max(start + edge, Math.min(start + cell - edge, value));
  };
  const { lat: drawnLat, lng } = MERCATOR.pointToLatLng(L.point(within(at.x), within(at.y)), zoom);
  return [lng, drawnLat];
}

/** @returns {string} the filters of the page's address that the server can apply, as parameters */
function filters() {
  const given = new URLSearchParams(window.location.search);
  const wanted = new URLSearchParams();
  for (const name of ["need", "kind"]) given.getAll(name).sort().forEach((value) => wanted.append(name, value));
  return wanted.toString();
}

/**
 * @param {import("./windows.js").Tiles} tiles
 * @param {string} filter
 * @param {AbortSignal} signal
 * @returns {Promise<Gathered>}
 */
async function ask(tiles, filter, signal) {
  const { clusters, revision } = settings.map;
  const address = `${clusters}?bbox=${bboxOf(tiles)}&zoom=${tiles.zoom}${filter && `&${filter}`}&v=${revision}`;
  const response = await fetch(address, { signal, referrerPolicy: "no-referrer" });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

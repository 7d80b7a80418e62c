// Demand as cells of canvas, coloured by what is in the way of serving them, fainter where fewer people are.

import { L } from "../leaflet.js";

/**
 * One colour a reason: served, not known, closed, lacking, other kinds only, no station. The worse the darker, so that they
 * are told apart without colours too; static/css/desk.css has the same beside the words.
 */
export const COLOURS = ["#a3cdee", "#f0b43c", "#8f62b5", "#d0785a", "#9aa1a8", "#7d0d14"];
/** Served in both, only in the first, only in the second, in neither. */
const VERSUS = ["#0b4f8a", "#f0b43c", "#54c3ad", "#8c949c"];
const FAINTEST = 0.35;
const STRONGEST = 0.9;
const LEAST_PX = 4;
const DEGREE_M = 111320;
const RATIO = Math.min(2, window.devicePixelRatio || 1);

/**
 * @typedef {object} Places
 * @property {number[]} lon in millionths of a degree
 * @property {number[]} lat likewise
 * @property {number[][] | null} rings of each cell: lon, lat, lon, lat …, in millionths; null for points
 * @property {number[]} weight of each place, to tell how many are there
 * @property {number} side_m of the square that stands for a point
 */

/** @typedef {{points: Float64Array, box: number[], strength: number}} Cell on the square of the world, 0 to 1 */

export class Cells extends L.GridLayer {
  /** @param {import("leaflet").Map} map */
  constructor(map) {
    super({ pane: "cells", updateWhenZooming: false, keepBuffer: 1, opacity: 0.88 });
    map.createPane("cells").style.zIndex = "250";
    this.crs = map.options.crs || L.CRS.EPSG3857;
    /** @type {Cell[]} */
    this.cells = [];
    /** Half the side of a cell, in degrees. */
    this.half = 0;
    /** @type {string[]} */
    this.colours = [];
    /** @type {import("leaflet").LatLngBounds} */
    this.box = L.latLngBounds([]);
    this.addTo(map);
  }

  /** @param {Places} places */
  take({ lon, lat, rings, weight, side_m: side }) {
    const most = weight.reduce((high, each) => Math.max(high, each), 0) || 1;
    this.half = rings ? halfOf(rings) : side / 2 / DEGREE_M;
    this.cells = lon.map((x, i) => this.flat(rings ? rings[i] : square(x, lat[i], side), FAINTEST + (STRONGEST - FAINTEST) * Math.sqrt(weight[i] / most)));
    const [west, east] = ends(lon);
    const [south, north] = ends(lat);
    this.box = lon.length ? L.latLngBounds([south / 1e6, west / 1e6], [north / 1e6, east / 1e6]) : L.latLngBounds([]);
  }

  /**
   * @param {number[]} ring
   * @param {number} strength
   * @returns {Cell}
   */
  flat(ring, strength) {
    const points = new Float64Array(ring.length);
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < ring.length; i += 2) {
      const { x, y } = this.crs.latLngToPoint(L.latLng(ring[i + 1] / 1e6, ring[i] / 1e6), 0);
      points[i] = x / 256;
      points[i + 1] = y / 256;
      box[0] = Math.min(box[0], points[i]);
      box[1] = Math.min(box[1], points[i + 1]);
      box[2] = Math.max(box[2], points[i]);
      box[3] = Math.max(box[3], points[i + 1]);
    }
    return { points, box, strength };
  }

  /** @returns {import("leaflet").LatLngBounds} */
  bounds() {
    return this.box;
  }

  /**
   * @param {string} reasons one digit a cell
   * @param {string | null} other the same of what it is compared with
   */
  show(reasons, other) {
    const colours = other ? versus(reasons, other) : Array.from(reasons, (reason) => COLOURS[Number(reason)]);
    this.colours = this.cells.map(({ strength }, i) => onPaper(colours[i] || COLOURS[0], strength));
    for (const { el, coords } of Object.values(/** @type {any} */ (this)._tiles)) this.draw(el, coords);
  }

  /**
   * @param {import("leaflet").Coords} coords
   * @returns {HTMLElement}
   */
  createTile(coords) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 256 * RATIO;
    this.draw(tile, coords);
    return tile;
  }

  /**
   * @param {HTMLCanvasElement} tile
   * @param {import("leaflet").Coords} coords
   */
  draw(tile, { x, y, z }) {
    const context = tile.getContext("2d");
    if (!context) return;
    context.setTransform(RATIO, 0, 0, RATIO, 0, 0);
    context.clearRect(0, 0, 256, 256);
    const side = 2 ** z;
    const reach = LEAST_PX / 256;
    const [west, north, east, south] = [(x - reach) / side, (y - reach) / side, (x + 1 + reach) / side, (y + 1 + reach) / side];
    this.cells.forEach(({ points, box }, i) => {
      if (box[2] < west || box[0] > east || box[3] < north || box[1] > south) return;
      context.fillStyle = this.colours[i] || COLOURS[0];
      const wide = (box[2] - box[0]) * side * 256;
      if (wide < LEAST_PX) {
        context.fillRect(((box[0] + box[2]) / 2 * side - x) * 256 - LEAST_PX / 2, ((box[1] + box[3]) / 2 * side - y) * 256 - LEAST_PX / 2, LEAST_PX, LEAST_PX);
        return;
      }
      context.beginPath();
      for (let at = 0; at < points.length; at += 2) context.lineTo((points[at] * side - x) * 256, (points[at + 1] * side - y) * 256);
      context.fill();
    });
  }
}

/**
 * @param {number} lon in millionths of a degree
 * @param {number} lat
 * @param {number} side in metres
 * @returns {number[]} corners of the square around a point
 */
function square(lon, lat, side) {
  const up = ((side / 2) * 1e6) / DEGREE_M;
  const along = up / Math.cos((lat / 1e6) * (Math.PI / 180));
  return [lon - along, lat - up, lon + along, lat - up, lon + along, lat + up, lon - along, lat + up];
}

/**
 * @param {number[][]} rings
 * @returns {number} half the height of the first cell, in degrees
 */
function halfOf(rings) {
  const lats = (rings[0] || []).filter((_, at) => at % 2);
  return lats.length ? (Math.max(...lats) - Math.min(...lats)) / 2e6 : 0;
}

/**
 * Return a colour as a wash on white paper, so that it is the same in light and dark.
 * @param {string} colour such as #a3cdee
 * @param {number} strength 0 to 1
 * @returns {string}
 */
function onPaper(colour, strength) {
  const parts = [1, 3, 5].map((at) => Math.round(255 - (255 - parseInt(colour.slice(at, at + 2), 16)) * strength));
  return `rgb(${parts.join(",")})`;
}

/**
 * @param {string} one
 * @param {string} other
 * @returns {string[]}
 */
function versus(one, other) {
  return Array.from(one, (reason, i) => VERSUS[(reason === "0" ? 0 : 2) + Number(other[i] !== "0")]);
}

/**
 * @param {number[]} values
 * @returns {[number, number]}
 */
function ends(values) {
  return values.reduce(([low, high], each) => [Math.min(low, each), Math.max(high, each)], [Infinity, -Infinity]);
}

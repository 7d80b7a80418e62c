// Demand as cells of canvas, coloured by what is in the way of serving them, fainter where fewer people are.

import { L } from "../leaflet.js";

/** One colour a reason: served, not known, closed, lacking, other kinds only, no station. Told apart by lightness too. */
export const COLOURS = ["#0b4f8a", "#f0b43c", "#9a6fb0", "#c9745a", "#8c949c", "#7d0d14"];
const FAINTEST = 0.25;
const STRONGEST = 0.85;
const POINT_PX = 5;

/**
 * @typedef {object} Places
 * @property {number[]} lon in millionths of a degree
 * @property {number[]} lat likewise
 * @property {number[][] | null} rings of each cell: lon, lat, lon, lat …, in millionths; null for points
 * @property {number[]} weight of each place, to tell how many are there
 */

/** @typedef {{points: Float64Array, box: number[], strength: number}} Cell on the square of the world, 0 to 1 */

export class Cells extends L.GridLayer {
  /** @param {import("leaflet").Map} map */
  constructor(map) {
    super({ pane: "cells", updateWhenZooming: false, keepBuffer: 1 });
    map.createPane("cells").style.zIndex = "250";
    this.crs = map.options.crs || L.CRS.EPSG3857;
    /** @type {Cell[]} */
    this.cells = [];
    this.reasons = "";
    /** @type {import("leaflet").LatLngBounds} */
    this.box = L.latLngBounds([]);
    this.addTo(map);
  }

  /** @param {Places} places */
  take({ lon, lat, rings, weight }) {
    const most = weight.reduce((high, each) => Math.max(high, each), 0) || 1;
    this.cells = lon.map((x, i) => this.flat(rings ? rings[i] : [x, lat[i]], FAINTEST + (STRONGEST - FAINTEST) * Math.sqrt(weight[i] / most)));
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

  /** @param {string} reasons one digit a cell */
  show(reasons) {
    this.reasons = reasons;
    this.redraw();
  }

  /**
   * @param {import("leaflet").Coords} coords
   * @returns {HTMLElement}
   */
  createTile({ x, y, z }) {
    const tile = document.createElement("canvas");
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    tile.width = tile.height = 256 * ratio;
    const context = tile.getContext("2d");
    if (!context) return tile;
    context.scale(ratio, ratio);
    const side = 2 ** z;
    const reach = POINT_PX / 256;
    const [west, north, east, south] = [(x - reach) / side, (y - reach) / side, (x + 1 + reach) / side, (y + 1 + reach) / side];
    this.cells.forEach(({ points, box, strength }, i) => {
      if (box[2] < west || box[0] > east || box[3] < north || box[1] > south) return;
      context.fillStyle = COLOURS[Number(this.reasons[i] || 0)];
      context.globalAlpha = strength;
      context.beginPath();
      if (points.length === 2) context.arc((points[0] * side - x) * 256, (points[1] * side - y) * 256, POINT_PX, 0, 2 * Math.PI);
      for (let at = 0; at < points.length && points.length > 2; at += 2) context.lineTo((points[at] * side - x) * 256, (points[at + 1] * side - y) * 256);
      context.fill();
    });
    return tile;
  }
}

/**
 * @param {number[]} values
 * @returns {[number, number]}
 */
function ends(values) {
  return values.reduce(([low, high], each) => [Math.min(low, each), Math.max(high, each)], [Infinity, -Infinity]);
}

// Our own base map as tiles of canvas, drawn as they come in sight: panning moves what is drawn and draws only the edge.

import { colour } from "./colours.js";
import { L } from "./leaflet.js";

const TILE_PX = 256;
const REACH_PX = 12;
const CASED_FROM_ZOOM = 12;

/**
 * A line or ring on the square of the world, 0 to 1 eastward and southward.
 * @typedef {{points: Float64Array, box: number[], depth: number}} Line
 */
/** @typedef {{context: CanvasRenderingContext2D, scale: number, x: number, y: number, box: number[]}} View */

export class Ground extends L.GridLayer {
  /**
   * @param {import("geojson").FeatureCollection} areas
   * @param {import("geojson").FeatureCollection} streets
   * @param {import("leaflet").CRS} crs
   */
  constructor(areas, streets, crs) {
    super({ pane: "ground", updateWhenZooming: false, keepBuffer: 1 });
    this.areas = areas.features.map((area) => flat(area, crs));
    this.streets = streets.features.reduce((all, street) => all.concat(flat(street, crs)), /** @type {Line[]} */ ([]));
  }

  /**
   * @param {import("leaflet").Coords} coords
   * @returns {HTMLElement}
   */
  createTile({ x, y, z }) {
    const tile = document.createElement("canvas");
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    tile.width = tile.height = TILE_PX * ratio;
    const context = tile.getContext("2d");
    if (!context) return tile;
    context.scale(ratio, ratio);
    const side = 2 ** z;
    const reach = REACH_PX / TILE_PX;
    const box = [(x - reach) / side, (y - reach) / side, (x + 1 + reach) / side, (y + 1 + reach) / side];
    const view = { context, scale: TILE_PX * side, x: x * TILE_PX, y: y * TILE_PX, box };
    this.paintAreas(view);
    paintStreets(view, this.streets, z);
    return tile;
  }

  /** @param {View} view */
  paintAreas(view) {
    const { context } = view;
    const seen = this.areas.map((rings) => rings.filter(({ box }) => meet(box, view.box))).filter(({ length }) => length);
    const outer = seen.filter(([{ depth }]) => depth === 0);
    context.fillStyle = colour("--land");
    for (const rings of outer) {
      context.beginPath();
      rings.forEach((ring) => trace(context, view, ring));
      context.fill("evenodd");
    }
    context.strokeStyle = colour("--border");
    context.lineJoin = "round";
    for (const rings of seen) {
      const inner = rings[0].depth > 0;
      context.setLineDash(inner ? [4, 4] : []);
      context.lineWidth = inner ? 1 : 2;
      context.beginPath();
      rings.forEach((ring) => trace(context, view, ring));
      context.stroke();
    }
    context.setLineDash([]);
  }
}

/**
 * @param {View} view
 * @param {Line[]} streets
 * @param {number} zoom
 */
function paintStreets(view, streets, zoom) {
  const { context } = view;
  const path = new Path2D();
  for (const street of streets) if (meet(street.box, view.box)) trace(path, view, street);
  const width = Math.max(1, Math.min(12, (zoom - 10) * 1.4));
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = colour("--street-edge");
  context.lineWidth = zoom < CASED_FROM_ZOOM ? 1 : width + 2;
  context.stroke(path);
  if (zoom < CASED_FROM_ZOOM) return;
  context.strokeStyle = colour("--street");
  context.lineWidth = width;
  context.stroke(path);
}

/**
 * Trace a line, without the corners that no pixel tells apart.
 * @param {CanvasRenderingContext2D | Path2D} path
 * @param {View} view
 * @param {Line} line
 */
function trace(path, { scale, x, y }, { points }) {
  let [lastX, lastY] = [points[0] * scale - x, points[1] * scale - y];
  path.moveTo(lastX, lastY);
  for (let i = 2; i < points.length; i += 2) {
    const [nextX, nextY] = [points[i] * scale - x, points[i + 1] * scale - y];
    const last = i === points.length - 2;
    if (!last && Math.abs(nextX - lastX) + Math.abs(nextY - lastY) < 1) continue;
    path.lineTo(nextX, nextY);
    [lastX, lastY] = [nextX, nextY];
  }
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @returns {boolean}
 */
function meet(a, b) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

/**
 * @param {import("geojson").Feature} feature
 * @param {import("leaflet").CRS} crs
 * @returns {Line[]}
 */
function flat({ geometry, properties }, crs) {
  const depth = properties?.depth || 0;
  return lines(geometry).map((line) => {
    const points = new Float64Array(line.length * 2);
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    line.forEach(([lon, lat], i) => {
      const { x, y } = crs.latLngToPoint(L.latLng(lat, lon), 0);
      points[2 * i] = x / TILE_PX;
      points[2 * i + 1] = y / TILE_PX;
      box[0] = Math.min(box[0], points[2 * i]);
      box[1] = Math.min(box[1], points[2 * i + 1]);
      box[2] = Math.max(box[2], points[2 * i]);
      box[3] = Math.max(box[3], points[2 * i + 1]);
    });
    return { points, box, depth };
  });
}

/**
 * @param {import("geojson").Geometry} geometry
 * @returns {import("geojson").Position[][]}
 */
function lines(geometry) {
  if (geometry.type === "LineString") return [geometry.coordinates];
  if (geometry.type === "MultiLineString" || geometry.type === "Polygon") return geometry.coordinates;
  return geometry.type === "MultiPolygon" ? geometry.coordinates.reduce((all, rings) => all.concat(rings), []) : [];
}

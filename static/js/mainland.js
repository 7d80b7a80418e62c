// Where China's map shift applies, as in stationmap/geo/mainland.py: the same coarse line, drawn by hand, erring outwards.
// It is no boundary and never shown. Over a belt 700 m to both sides of it the shift fades, so that it can be undone.

const LINE =
  "124.2 38,124.15 39.55,124.45 39.95,124.75 40.25,125.2 40.45,125.9 40.75,126.3 41,126.75 41.55," +
  "127.2 41.4,128 41.3,128.4 41.35,128.4 41.9,129.05 41.9,129.4 42.2,129.85 42.3,129.95 42.85," +
  "130.2 42.7,130.35 42.45,130.6 42.25,130.8 42.4,130.8 42.7,131.2 42.8,131.5 43.5,131.45 44," +
  "131.45 44.6,131.9 45.15,132.9 44.9,133.3 45,133.65 45.6,134 46.1,134.2 46.7,134.5 47.3,134.9 47.7," +
  "134.95 48.05,135.25 48.3,135.25 48.55,134.8 48.6,134.2 48.5,133.4 48.3,132.6 48,131.6 47.85," +
  "131.2 47.9,131.2 48.5,130.8 48.95,130 49.15,129.5 49.55,128.7 49.75,127.9 49.8,127.75 50.3," +
  "127.5 50.9,127.1 51.5,126.6 52.3,126.2 52.9,125.3 53.25,124.3 53.45,123.5 53.7,122.2 53.65," +
  "120.8 53.4,119.9 52.9,120 52.5,120.4 52.4,120.4 52.1,119.8 51.6,119.5 51,119.1 50.5,118.8 50.1," +
  "118.3 50,117.9 49.75,117.3 49.7,116.7 50,116.2 49.4,115.6 48.4,115.3 48.1,115.5 47.6,116.2 47.6," +
  "117.3 47.4,118.3 47.75,119 47.3,119.4 46.9,118.8 46.85,118 46.8,117.3 46.6,116.5 46.5,115.6 45.7," +
  "114.5 45.6,113.6 45,112.7 45.3,111.7 45.25,111.2 44.4,111.6 43.85,111.4 43.6,110.3 43,109.3 42.6," +
  "107.4 42.6,106.6 42.4,105.1 41.85,104.5 42,103.5 42.05,102 42.4,101.8 42.7,100 42.8,97.2 42.95," +
  "96.4 43,96 43.5,95.6 44.4,94.5 44.6,93.6 45.1,91.6 45.25,91.1 45.5,91.2 46.1,91.2 46.8,90.5 47.6," +
  "90.2 48.1,88.7 48.4,88.1 48.8,87.9 49.3,87.3 49.35,86.6 49.2,86.4 48.7,85.6 48.5,85.4 47.9," +
  "85.4 47.3,84.8 47.05,83 47.35,82.1 46,82 45.4,81 45.5,79.7 45.1,79.9 44.6,80.2 43.9,80.5 43.3," +
  "80.2 42.9,79.9 42.3,79 42,78 41.4,76.8 41.2,76.1 40.6,75.7 40.75,75.3 40.75,74.6 40.5,73.7 40.05," +
  "73.3 39.5,73.5 38.9,73.6 38.4,74.6 38.2,74.6 37.5,74.3 37.3,74.35 36.95,75.4 36.6,75.8 35.9," +
  "76.5 35.6,77.4 35.3,77.9 34.9,78.5 34.2,78.5 33.5,78.9 32.85,78.5 32.75,78.1 32.4,78.4 31.8," +
  "78.6 31.1,79.4 30.7,80.3 30.1,81.3 29.9,82.2 29.9,83.3 29.15,83.7 29,84 29,84.3 28.5,85.1 28.1," +
  "85.9 27.7,87 27.7,88.2 27.7,88.7 27.6,88.8 27,89.2 27.2,89.45 27.8,90.5 27.9,91.3 27.7,91.5 26.7," +
  "92.2 26.7,93.9 26.7,94.5 27.35,95.3 27.65,96 27,97.2 27.4,97.4 27.8,98.3 27.3,98.5 26.4,98.35 25.9," +
  "97.6 25.3,97.4 24.9,97.3 23.75,98.5 23.8,98.6 23.1,99.2 22.85,99 22,99.9 21.8,100 21.4,101 21.3," +
  "101.6 20.95,102 21.1,101.9 22.2,102.5 22.2,103.2 22.35,104 22.35,104.8 22.65,105.35 23.1,106 22.75," +
  "106.5 22.6,106.45 22.1,106.6 21.92,106.95 21.7,107.5 21.4,108 21.3,108.2 20.5,107.8 19.2,109 17.7," +
  "110.8 16,110.4 13,109 7.2,111.6 3.6,113.2 3.6,115.4 7,116.9 8.8,117.7 10,118.2 10.8,118.4 11.7," +
  "118.7 15.2,119 19,119 22.9,120.2 25.2,121 26.3,122.5 27.5,123.7 30,123.9 33";

const METRES_PER_DEGREE = 111195;
const BELT_M = 700;
const CELLS_PER_DEGREE = 4;
const GUARD_DEG = 0.05; // more than the belt, even at 54 degrees north

/** @type {number[]} */
const corners = LINE.split(/[ ,]/).map(Number);
/** @type {Map<number, number>} share of the shift in a cell that the belt does not touch; NaN in the others */
const cells = new Map();

/**
 * Return how much of the shift applies at a place.
 * @param {number} lon degrees
 * @param {number} lat degrees
 * @returns {number} 0 to 1
 */
export function share(lon, lat) {
  if (!(lon > 72 && lon < 137 && lat > 3 && lat < 55)) return 0;
  const [column, row] = [Math.floor(lon * CELLS_PER_DEGREE), Math.floor(lat * CELLS_PER_DEGREE)];
  const cell = column * 1000 + row;
  let known = cells.get(cell);
  if (known === undefined) {
    known = ofCell(column / CELLS_PER_DEGREE, row / CELLS_PER_DEGREE);
    cells.set(cell, known);
  }
  return known === known ? known : Math.min(1, Math.max(0, (depthM(lon, lat) + BELT_M) / (2 * BELT_M)));
}

/**
 * @param {(x0: number, y0: number, x1: number, y1: number) => void} visit
 */
function eachEdge(visit) {
  for (let i = 0, last = corners.length - 2; i < corners.length; last = i, i += 2) {
    visit(corners[last], corners[last + 1], corners[i], corners[i + 1]);
  }
}

/**
 * @param {number} west
 * @param {number} south
 * @returns {number} NaN where an edge may be near
 */
function ofCell(west, south) {
  const [east, north] = [west + 1 / CELLS_PER_DEGREE, south + 1 / CELLS_PER_DEGREE];
  let near = false;
  eachEdge((x0, y0, x1, y1) => {
    const beside = Math.max(x0, x1) < west - GUARD_DEG || Math.min(x0, x1) > east + GUARD_DEG;
    near = near || !(beside || Math.max(y0, y1) < south - GUARD_DEG || Math.min(y0, y1) > north + GUARD_DEG);
  });
  if (near) return NaN;
  return inside(west, south) ? 1 : 0;
}

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {boolean}
 */
function inside(lon, lat) {
  let within = false;
  eachEdge((x0, y0, x1, y1) => {
    if (y0 > lat !== y1 > lat && lon < x0 + ((lat - y0) / (y1 - y0)) * (x1 - x0)) within = !within;
  });
  return within;
}

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {number} metres inside the line, negative outside; on the sphere laid flat about the place
 */
function depthM(lon, lat) {
  const squeeze = Math.cos((lat * Math.PI) / 180);
  let away = Infinity;
  eachEdge((x0, y0, x1, y1) => {
    const [along, up, east, north] = [(x1 - x0) * squeeze, y1 - y0, (lon - x0) * squeeze, lat - y0];
    const part = Math.min(1, Math.max(0, (east * along + north * up) / (along * along + up * up)));
    away = Math.min(away, Math.hypot(east - part * along, north - part * up));
  });
  return away * METRES_PER_DEGREE * (inside(lon, lat) ? 1 : -1);
}

// GCJ-02, the shift of China's web maps, added and taken off. The formula stands in stationmap/geo/shift.py: both are
// held to the vectors of tests/js/shift.json.

import { share } from "./mainland.js";

const AXIS_M = 6378245;
const ECCENTRICITY2 = 0.00669342162296594323;
const CLOSE_DEG = 1e-12;
const MOST_STEPS = 200;

/** @typedef {[number, number]} LonLat degrees */

/**
 * Return the GCJ-02 degrees of WGS 84 degrees.
 * @param {number} lon
 * @param {number} lat
 * @returns {LonLat}
 */
export function toGcj02(lon, lat) {
  const [east, north] = shift(lon, lat);
  return [lon + east, lat + north];
}

/**
 * Return the WGS 84 degrees of GCJ-02 degrees, by iteration to 1e-7 m.
 * @param {number} lon
 * @param {number} lat
 * @returns {LonLat}
 */
export function fromGcj02(lon, lat) {
  let [hereLon, hereLat] = [lon, lat];
  for (let step = 0; step < MOST_STEPS; step++) {
    const [east, north] = shift(hereLon, hereLat);
    const [moveLon, moveLat] = [lon - east - hereLon, lat - north - hereLat];
    [hereLon, hereLat] = [hereLon + moveLon, hereLat + moveLat];
    if (Math.abs(moveLon) <= CLOSE_DEG && Math.abs(moveLat) <= CLOSE_DEG) break;
  }
  return [hereLon, hereLat];
}

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {LonLat} by how many degrees a place is moved east and north
 */
function shift(lon, lat) {
  const part = share(lon, lat);
  if (part === 0) return [0, 0];
  const { sin, cos, sqrt, abs, PI } = Math;
  const [x, y] = [lon - 105, lat - 35];
  const swell = (/** @type {number} */ v, /** @type {number} */ slow, /** @type {number} */ slowest) =>
    (2 / 3) * (20 * sin(PI * v) + 40 * sin((PI / 3) * v) + slow * sin((PI / 12) * v) + slowest * sin((PI / 30) * v));
  const ripple = (2 / 3) * (20 * sin(6 * PI * x) + 20 * sin(2 * PI * x)) + 0.1 * x * y;
  const eastM = 300 + x + 2 * y + 0.1 * x * x + 0.1 * sqrt(abs(x)) + ripple + swell(x, 150, 300);
  const northM = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.2 * sqrt(abs(x)) + ripple + swell(y, 160, 320);
  const latitude = (lat * PI) / 180;
  const bulge = 1 - ECCENTRICITY2 * sin(latitude) ** 2;
  const degreeM = (AXIS_M * PI) / 180 / sqrt(bulge);
  return [(part * eastM) / (degreeM * cos(latitude)), (part * northM * bulge) / (degreeM * (1 - ECCENTRICITY2))];
}

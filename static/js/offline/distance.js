// Distances on the ellipsoid, as near_arc_m of stationmap/geo/earth.py: the chord through the ground, bent to an arc of the
// ellipsoid's curvature in its own direction. Within 100 km it is the geodesic to 0.0003 mm; beyond it grows rough.

const AXIS_M = 6378137;
const FLATTENING = 1 / 298.257223563;
const E2 = FLATTENING * (2 - FLATTENING);
const NOTHING = 1e-300;
const RADIANS = Math.PI / 180;

/** @typedef {[number, number, number]} Geocentric metres: x towards 0 E, y towards 90 E, z towards the north pole */

/**
 * @param {number} lon WGS 84 degrees
 * @param {number} lat WGS 84 degrees
 * @returns {Geocentric}
 */
export function geocentric(lon, lat) {
  const sine = Math.sin(lat * RADIANS);
  const primeVertical = AXIS_M / Math.sqrt(1 - E2 * sine * sine);
  const fromAxis = primeVertical * Math.cos(lat * RADIANS);
  return [fromAxis * Math.cos(lon * RADIANS), fromAxis * Math.sin(lon * RADIANS), primeVertical * (1 - E2) * sine];
}

/**
 * @param {Geocentric} first
 * @param {Geocentric} second
 * @returns {number} metres, to the micrometre
 */
export function arcM([x1, y1, z1], [x2, y2, z2]) {
  const [wayX, wayY, wayZ] = [x2 - x1, y2 - y1, z2 - z1];
  const [x, y, z] = [(x1 + x2) / 2, (y1 + y2) / 2, (z1 + z2) / 2];
  const square = wayX * wayX + wayY * wayY + wayZ * wayZ;
  const fromAxis2 = x * x + y * y;
  const upright2 = (z / (1 - E2)) ** 2;
  const bulge = 1 - (E2 * upright2) / (fromAxis2 + upright2 + NOTHING);
  const eastward = x * wayY - y * wayX;
  const east2 = (eastward * eastward) / (fromAxis2 * square + NOTHING);
  const curvature = (Math.sqrt(bulge) / AXIS_M) * (east2 + ((1 - east2) * bulge) / (1 - E2));
  const arc = (2 / curvature) * Math.asin(Math.min((Math.sqrt(square) * curvature) / 2, 1));
  return Math.round(arc * 1e6) / 1e6;
}

/**
 * @param {number} lon1
 * @param {number} lat1
 * @param {number} lon2
 * @param {number} lat2
 * @returns {number} metres between two places in WGS 84 degrees
 */
export function distanceM(lon1, lat1, lon2, lat2) {
  return arcM(geocentric(lon1, lat1), geocentric(lon2, lat2));
}

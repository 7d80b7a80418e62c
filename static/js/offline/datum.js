// Typed coordinates to WGS 84, as stationmap/geo/datum.py: GPS, GCJ-02 (Amap, Tencent, WeChat), BD-09 (Baidu).

import { share } from "../mainland.js";
import { fromGcj02 } from "../shift.js";
import { tell } from "../words.js";

const BD09_TURN = (Math.PI * 3000) / 180;
const CLOSE_DEG = 1e-12;
const MOST_STEPS = 50;

/**
 * Return the WGS 84 degrees of a position.
 * @param {number | string} lon
 * @param {number | string} lat
 * @param {string} datum
 * @returns {[number, number]}
 * @throws {Error} whose message is a sentence for the reader
 */
export function toWgs84(lon, lat, datum) {
  const [x, y] = [lon, lat].map((part) => (String(part).trim() ? Number(part) : NaN));
  if (!(Number.isFinite(x) && Number.isFinite(y))) {
    throw new Error(tell("Write longitude and latitude with a comma between, such as {example}.", { example: "113.665,34.752" }));
  }
  if (!(Math.abs(y) <= 90)) throw new Error(tell("Latitude {lat} is outside -90..90. Are longitude and latitude swapped?", { lat: y }));
  if (!(Math.abs(x) <= 180)) {
    throw new Error(tell("Longitude {lon} is outside -180..180. Check the coordinates and their datum.", { lon: x }));
  }
  if (datum === "gcj02") return fromGcj02(x, y);
  if (datum === "bd09") return fromGcj02(...fromBd09(x, y));
  return [x, y];
}

/**
 * Return the GCJ-02 degrees of BD-09 degrees.
 * @param {number} lon
 * @param {number} lat
 * @returns {[number, number]}
 */
export function fromBd09(lon, lat) {
  if (share(lon, lat) === 0) return [lon, lat];
  let [hereLon, hereLat] = [lon, lat];
  for (let step = 0; step < MOST_STEPS; step++) {
    const [shiftedLon, shiftedLat] = toBd09(hereLon, hereLat);
    const [moveLon, moveLat] = [lon - shiftedLon, lat - shiftedLat];
    [hereLon, hereLat] = [hereLon + moveLon, hereLat + moveLat];
    if (Math.abs(moveLon) <= CLOSE_DEG && Math.abs(moveLat) <= CLOSE_DEG) break;
  }
  return [hereLon, hereLat];
}

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {[number, number]}
 */
function toBd09(lon, lat) {
  const radius = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BD09_TURN);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BD09_TURN);
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006];
}

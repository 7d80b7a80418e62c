// The search of the bundle: the same stations in the same order as stationmap/finder/search.py and relax.py find, judged
// one by one (a city takes a phone some milliseconds).

import { arcM, geocentric } from "./distance.js";
import { judged, LONGEST_MIN, mayServe, NO, serves, YES } from "./judge.js";
import { OPEN, OPENS_SOON } from "./schedule.js";
import { nearestSet } from "./together.js";

const NEAR_MIN = 60;
const MOST_COUNTED = 10;
const MOST_NEEDS = 12;

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {import("./judge.js").Query} Query */
/** @typedef {import("./judge.js").Trip} Trip */

/**
 * @typedef {object} Answer stations by number, each list by distance, ties by id
 * @property {Trip} trip
 * @property {number[]} found
 * @property {number[]} maybe
 * @property {number[]} together
 * @property {{need: string, count: number, minutes: number}[]} without what there is without one of the needs
 */

/**
 * Return how far around a place the bundle knows every station.
 * @param {Bundle} bundle
 * @param {number} lon
 * @param {number} lat
 * @returns {number} metres; 0 or less: nothing is known of that place
 */
export function knownM({ packed: { centre, reach_m: reach } }, lon, lat) {
  return reach === null ? Infinity : reach - arcM(geocentric(...centre), geocentric(lon, lat));
}

/**
 * @param {Bundle} bundle
 * @param {Query} query
 * @returns {Answer}
 */
export function find(bundle, query) {
  const trip = judged(bundle, query);
  const limitM = knownM(bundle, query.lon, query.lat);
  const needs = trip.needs.map((_, i) => i);
  if (query.open === "any") {
    const found = nearest(trip, limitM, (i) => trip.kind[i] && offered(bundle, trip, i)).slice(0, query.k);
    return { trip, found, maybe: [], together: [], without: without(bundle, trip, query, found, limitM) };
  }
  const dayM = Math.min(limitM, LONGEST_MIN * trip.speedMMin);
  const found = nearest(trip, dayM, (i) => serves(trip, i, needs)).slice(0, query.k);
  const maybe = nearest(trip, dayM, (i) => mayServe(trip, i, needs)).slice(0, query.k);
  const together = !found.length && needs.length > 1 ? setOf(trip, dayM, needs) : [];
  return { trip, found, maybe, together, without: without(bundle, trip, query, found, limitM) };
}

/**
 * @param {Trip} trip
 * @param {number} limitM
 * @param {(station: number) => boolean} keep
 * @returns {number[]}
 */
function nearest({ metres }, limitM, keep) {
  const kept = [];
  for (let i = 0; i < metres.length; i++) if (metres[i] <= limitM && keep(i)) kept.push(i);
  return kept.sort((a, b) => metres[a] - metres[b] || a - b);
}

/**
 * @param {Bundle} bundle
 * @param {Trip} trip
 * @param {number} station
 * @param {string[]} [needs]
 * @returns {boolean} whether it was not found to lack any need, whatever the time
 */
function offered({ packed: { stations }, offers }, trip, station, needs = trip.needs) {
  const had = stations.offers.values[stations.offers.at[station]];
  return had.every((number) => offers[number].had !== NO || !needs.includes(offers[number].code));
}

/**
 * @param {Trip} trip
 * @param {number} limitM
 * @param {number[]} needs
 * @returns {number[]} the nearest set that has all needs together
 */
function setOf(trip, limitM, needs) {
  let boundM = 0;
  for (const need of needs) {
    const [first] = nearest(trip, limitM, (i) => serves(trip, i, [need]));
    if (first === undefined) return [];
    boundM += trip.metres[first];
  }
  const open = (/** @type {number} */ i) => trip.kind[i] && trip.door[i] >= OPENS_SOON && trip.now[i] === OPEN;
  const near = nearest(trip, Math.min(boundM, limitM), open);
  const signatures = near.map((i) => needs.reduce((bits, need) => bits | (trip.had[need][i] === YES ? 1 << need : 0), 0));
  return nearestSet(near.map((i) => trip.metres[i]), signatures, needs.length).map((row) => near[row]);
}

/**
 * @param {Bundle} bundle
 * @param {Trip} trip
 * @param {Query} query
 * @param {number[]} found
 * @param {number} limitM
 * @returns {Answer["without"]}
 */
function without(bundle, trip, query, found, limitM) {
  if (trip.needs.length > MOST_NEEDS || found.some((i) => trip.minutes[i] <= NEAR_MIN)) return [];
  const hourM = Math.min(limitM, NEAR_MIN * trip.speedMMin);
  const ways = trip.needs.map((need, out) => {
    const rest = trip.needs.map((_, i) => i).filter((i) => i !== out);
    const codes = rest.map((i) => trip.needs[i]);
    const keep = (/** @type {number} */ i) =>
      query.open === "any" ? trip.kind[i] && offered(bundle, trip, i, codes) : serves(trip, i, rest);
    const left = nearest(trip, hourM, keep).slice(0, MOST_COUNTED);
    return { need, count: left.length, minutes: left.length ? trip.minutes[left[0]] : Infinity };
  });
  return ways.filter(({ count }) => count).sort((a, b) => a.minutes - b.minutes || (a.need < b.need ? -1 : 1));
}

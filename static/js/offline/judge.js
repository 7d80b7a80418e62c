// One worker's trip at one instant, judged for every station of the bundle at once: the way, the door, the services. As
// stationmap/finder/trip.py; what counts is told in stationmap/finder/search.py.

import { minuteOfLocal, offsetMin } from "./bundle.js";
import { arcM, geocentric } from "./distance.js";
import { CLOSED, CLOSING, met, OPEN, UNKNOWN } from "./schedule.js";

export const LONGEST_MIN = 1440;
export const MARGIN_MIN = 10;
export const SOON_MIN = 30;
const DETOUR = 1.3;
const SPEED_KMH = { walk: 4.5, ride: 15 };
export const [NO, YES, NOT_KNOWN] = [0, 1, 2];
const NO_OFFER = { code: "", had: NOT_KNOWN, schedule: -1, nearbyM: null, outage: "" };

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {import("./bundle.js").Offer} Offer */

/**
 * @typedef {object} Query
 * @property {number} lon WGS 84 degrees
 * @property {number} lat
 * @property {number} nowMs the present instant
 * @property {string} [at] when he sets out, ISO 8601, local time of the place without an offset; the present when empty
 * @property {number} k
 * @property {string[]} kinds
 * @property {string[]} needs
 * @property {"arrival" | "now" | "any"} open
 * @property {"walk" | "ride"} mode
 */

/**
 * @typedef {object} Trip the stations as they are met, one value a station
 * @property {number[]} startMin one a zone: when he sets out, minutes after the base
 * @property {number} speedMMin straight metres made in a minute
 * @property {Float64Array} metres
 * @property {Float64Array} minutes
 * @property {Int8Array} door
 * @property {Float64Array} waitMin
 * @property {Int8Array} now how it is when he sets out, as far as it counts
 * @property {Int8Array[]} had one a need
 * @property {boolean[]} kind whether it is of the kinds asked for
 * @property {string[]} needs
 */

/**
 * @param {Bundle} bundle
 * @param {Query} query
 * @returns {Trip}
 */
export function judged(bundle, query) {
  const { packed, schedules, places } = bundle;
  const { stations } = packed;
  const count = places.length;
  const startMin = packed.zones.map((_, zone) => startOf(bundle, zone, query));
  const here = geocentric(query.lon, query.lat);
  const kindSets = stations.kinds.values.map((set) => !query.kinds.length || set.some((kind) => query.kinds.includes(kind)));
  /** @type {Trip} */
  const trip = {
    startMin,
    speedMMin: (SPEED_KMH[query.mode] * 1000) / 60 / DETOUR,
    metres: new Float64Array(count),
    minutes: new Float64Array(count),
    door: new Int8Array(count),
    waitMin: new Float64Array(count),
    now: new Int8Array(count).fill(OPEN),
    had: query.needs.map(() => new Int8Array(count).fill(NOT_KNOWN)),
    kind: stations.kinds.at.map((set) => kindSets[set]),
    needs: query.needs,
  };
  for (let i = 0; i < count; i++) {
    const schedule = schedules[stations.schedule[i]];
    const start = startMin[schedule.zone];
    trip.metres[i] = arcM(here, places[i]);
    trip.minutes[i] = trip.metres[i] / trip.speedMMin;
    [trip.door[i], trip.waitMin[i]] = met(schedule, start + Math.min(trip.minutes[i], LONGEST_MIN), MARGIN_MIN, SOON_MIN);
    if (trip.minutes[i] > LONGEST_MIN) [trip.door[i], trip.waitMin[i]] = [UNKNOWN, 0];
    if (query.open === "now") trip.now[i] = atStart(met(schedule, start, 0, 0)[0]);
    query.needs.forEach((need, which) => (trip.had[which][i] = had(bundle, trip, i, offerOf(bundle, i, need))));
  }
  return trip;
}

/**
 * @param {number} door
 * @returns {number}
 */
function atStart(door) {
  return door === OPEN || door === UNKNOWN ? door : CLOSED;
}

/**
 * @param {Bundle} bundle
 * @param {number} zone
 * @param {Query} query
 * @returns {number}
 */
function startOf(bundle, zone, { at, nowMs }) {
  if (!at) return (nowMs - bundle.baseMs) / 60000;
  if (/(z|[+-]\d\d:?\d\d)$/i.test(at)) return (Date.parse(at) - bundle.baseMs) / 60000;
  return minuteOfLocal(bundle, zone, Date.parse(`${at}Z`));
}

/**
 * @param {Bundle} bundle
 * @param {number} station
 * @returns {Offer[]} what is said of its services, in the order of the register
 */
export function offersOf({ packed: { stations }, offers }, station) {
  return stations.offers.values[stations.offers.at[station]].map((number) => offers[number]);
}

/**
 * @param {Bundle} bundle
 * @param {number} station
 * @param {string} need
 * @returns {Offer}
 */
function offerOf(bundle, station, need) {
  return offersOf(bundle, station).find(({ code }) => code === need) || NO_OFFER;
}

/**
 * Return whether a service is there when he enters: one with hours of its own must be on then, and for the margin; one
 * out of order until a day is not there up to the end of that day.
 * @param {Bundle} bundle
 * @param {Trip} trip
 * @param {number} station
 * @param {Offer} offer
 * @returns {number}
 */
export function had(bundle, trip, station, offer) {
  const { zone } = bundle.schedules[bundle.packed.stations.schedule[station]];
  const entry = trip.startMin[zone] + Math.min(trip.minutes[station], LONGEST_MIN) + trip.waitMin[station];
  if (offer.outage && localDate(bundle, zone, entry) <= offer.outage) return NO;
  if (offer.schedule < 0) return offer.had;
  const [door] = met(bundle.schedules[offer.schedule], entry, MARGIN_MIN, 0);
  return door === OPEN ? YES : door === UNKNOWN ? NOT_KNOWN : NO;
}

/**
 * @param {Bundle} bundle
 * @param {number} zone
 * @param {number} minute after the base
 * @returns {string} ISO date of the place
 */
export function localDate(bundle, zone, minute) {
  return new Date(bundle.baseMs + (minute + offsetMin(bundle, zone, minute)) * 60000).toISOString().slice(0, 10);
}

/**
 * @param {Trip} trip
 * @param {number} station
 * @param {number[]} needs positions in the needs of the trip
 * @returns {boolean} whether he gets in, now or soon, and finds all of these
 */
export function serves({ door, now, had: has, kind }, station, needs) {
  return kind[station] && door[station] > UNKNOWN && now[station] === OPEN && needs.every((need) => has[need][station] === YES);
}

/**
 * @param {Trip} trip
 * @param {number} station
 * @param {number[]} needs
 * @returns {boolean} whether he would, were it not for something unknown
 */
export function mayServe(trip, station, needs) {
  const { door, now, had: has, kind } = trip;
  const possible = kind[station] && door[station] > CLOSING && now[station] !== CLOSED;
  return possible && needs.every((need) => has[need][station] !== NO) && !serves(trip, station, needs);
}

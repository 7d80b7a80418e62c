// The stations kept on this phone, unpacked from what stationmap/finder/bundle.py packs (the format is told there).

import { geocentric } from "./distance.js";

export const FORMAT = 1;
const PER_DEGREE = 1e9;
const NAMES_PER_DEGREE = 1e5;

/**
 * @template T
 * @typedef {{values: T[], at: number[]}} Coded the distinct values, and one number a station
 */

/**
 * @typedef {object} Columns one value a station, in the order of ids
 * @property {string[]} id
 * @property {string[]} name
 * @property {string[]} address
 * @property {number[]} east
 * @property {number[]} north
 * @property {number[]} schedule
 * @property {number[]} doubt
 * @property {Coded<boolean>} fictional
 * @property {Coded<string[]>} kinds
 * @property {Coded<string[]>} access
 * @property {Coded<string>} floor
 * @property {Coded<string>} members_only
 * @property {Coded<string>} hours_text
 * @property {Coded<string>} confirmed_on
 * @property {Coded<number[]>} offers
 */

/**
 * @typedef {object} Names areas and streets, one value each
 * @property {string[]} name
 * @property {Coded<string>} kind
 * @property {Coded<string>} detail
 * @property {number[]} east
 * @property {number[]} north
 */

/**
 * @typedef {object} Packed
 * @property {number} format
 * @property {number} revision
 * @property {string} base
 * @property {number} from_min
 * @property {number} until_min
 * @property {[number, number]} centre
 * @property {number | null} reach_m
 * @property {[number, number][][]} zones
 * @property {number[][]} schedules
 * @property {[number, number][][]} why
 * @property {Record<string, string[]>} reasons
 * @property {string[]} services
 * @property {[number, number, number, number | null, string][]} offers
 * @property {Columns} stations
 * @property {Names} [names] not in one that was kept before they were told
 * @property {Record<string, string>} readings
 */

/**
 * @typedef {object} Schedule windows in order; where it is not known whether it is open they are told apart
 * @property {number} zone
 * @property {number[]} start minutes after the base
 * @property {number[]} end
 * @property {boolean[]} unknown
 * @property {[number, number][]} why
 */

/** @typedef {{kind: string, name: string, detail: string, lon: number, lat: number}} Named an area or a street */
/** @typedef {{code: string, had: number, schedule: number, nearbyM: number | null, outage: string}} Offer */

/**
 * @typedef {object} Bundle
 * @property {Packed} packed
 * @property {number} baseMs
 * @property {Schedule[]} schedules
 * @property {Offer[]} offers
 * @property {number[]} lon WGS 84 degrees, one a station
 * @property {number[]} lat
 * @property {import("./distance.js").Geocentric[]} places
 * @property {Named[]} named
 */

/**
 * @param {Packed} packed
 * @returns {Bundle}
 */
export function unpack(packed) {
  const { centre, stations } = packed;
  const lon = stations.east.map((east) => centre[0] + east / PER_DEGREE).map(tidy);
  const lat = stations.north.map((north) => centre[1] + north / PER_DEGREE).map(tidy);
  return {
    packed,
    baseMs: Date.parse(packed.base),
    schedules: packed.schedules.map((each, i) => windows(each, packed, packed.why[i])),
    offers: packed.offers.map(([code, had, schedule, nearbyM, outage]) => ({
      code: packed.services[code],
      had,
      schedule,
      nearbyM,
      outage,
    })),
    lon,
    lat,
    places: lon.map((each, i) => geocentric(each, lat[i])),
    named: packed.names ? namedOf(packed.names, centre) : [],
  };
}

/**
 * @param {Names} names
 * @param {[number, number]} centre
 * @returns {Named[]}
 */
function namedOf({ name, kind, detail, east, north }, centre) {
  return name.map((each, i) => ({
    kind: kind.values[kind.at[i]],
    name: each,
    detail: detail.values[detail.at[i]],
    lon: tidy(centre[0] + east[i] / NAMES_PER_DEGREE),
    lat: tidy(centre[1] + north[i] / NAMES_PER_DEGREE),
  }));
}

/**
 * @param {number} degrees
 * @returns {number} without the noise of an addition
 */
function tidy(degrees) {
  return Math.round(degrees * PER_DEGREE) / PER_DEGREE;
}

/**
 * Lay out the windows of a schedule; before and after what is kept it is not known.
 * @param {number[]} given its zone, then gap and length by turns
 * @param {Packed} packed
 * @param {[number, number][]} why
 * @returns {Schedule}
 */
function windows([zone, ...turns], { from_min: first, until_min: last }, why) {
  /** @type {Schedule} */
  const laid = { zone, start: [-Infinity], end: [first], unknown: [true], why };
  let at = first;
  for (let i = 0; i < turns.length; i += 2) {
    const start = at + turns[i];
    at = start + Math.abs(turns[i + 1]);
    laid.start.push(start);
    laid.end.push(at);
    laid.unknown.push(turns[i + 1] < 0);
  }
  laid.start.push(last);
  laid.end.push(Infinity);
  laid.unknown.push(true);
  return laid;
}

/**
 * @param {Bundle} bundle
 * @param {number} zone
 * @param {number} minute after the base
 * @returns {number} minutes that local time is ahead of UTC
 */
export function offsetMin({ packed: { zones } }, zone, minute) {
  const regimes = zones[zone];
  let found = regimes[0][1];
  for (const [from, offset] of regimes) if (from <= minute) found = offset;
  return found;
}

/**
 * Return the minute after the base of a local time of a zone; of one that comes twice the first, one that the clocks
 * skip is read as before the change.
 * @param {Bundle} bundle
 * @param {number} zone
 * @param {number} localMs the local time as if it were UTC
 * @returns {number}
 */
export function minuteOfLocal({ packed: { zones }, baseMs }, zone, localMs) {
  const regimes = zones[zone];
  const local = (localMs - baseMs) / 60000;
  for (let i = 0; i < regimes.length; i++) {
    const begin = i ? regimes[i][0] : -Infinity;
    const end = i + 1 < regimes.length ? regimes[i + 1][0] : Infinity;
    const minute = local - regimes[i][1];
    if (minute < begin) return local - regimes[i - 1][1];
    if (minute < end) return minute;
  }
  return local;
}

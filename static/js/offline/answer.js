// An answer from the bundle as GeoJSON, like the server's (stationmap/finder/geojson.py): rows and map take either.

import { settings } from "../settings.js";
import { tell } from "../words.js";
import { toWgs84 } from "./datum.js";
import { find, knownM } from "./find.js";
import { had, LONGEST_MIN, localDate, offersOf } from "./judge.js";
import { navigation } from "./links.js";
import { CLOSING, DOORS, standing, UNKNOWN, whyUnknown } from "./schedule.js";
import { iso, stateWords } from "./sentences.js";

const HAD = ["no", "yes", "unknown"];

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {import("./find.js").Answer} Answer */
/** @typedef {import("./judge.js").Query} Query */
/** @typedef {import("../settings.js").Collection} Collection */
/** @typedef {import("../settings.js").Feature} Feature */

/**
 * Answer a question of the page as the server would.
 * @param {Bundle} bundle
 * @param {import("../api.js").Question} question
 * @param {number} nowMs the present instant
 * @returns {Collection}
 * @throws {Error} whose message is a sentence for the reader
 */
export function answerFrom(bundle, question, nowMs) {
  const [lon, lat] = toWgs84(question.lon, question.lat, question.datum);
  if (knownM(bundle, lon, lat) <= 0) throw new Error(tell("No connection, and nothing is kept on this phone of the places around here."));
  /** @type {Query} */
  const query = {
    lon,
    lat,
    nowMs,
    at: question.at || "",
    k: question.k,
    kinds: question.kind,
    needs: [...new Set(question.need)].sort(),
    open: question.open === "any" || question.open === "now" ? question.open : "arrival",
    mode: question.mode === "ride" ? "ride" : "walk",
  };
  const answer = find(bundle, query);
  const { startMin } = answer.trip;
  const [first] = [...answer.found, ...answer.maybe, ...answer.together];
  const zone = first === undefined ? 0 : zoneOf(bundle, first);
  const features = (/** @type {number[]} */ stations) => stations.map((i) => feature(bundle, answer, i, query, startMin[zone]));
  const round = (/** @type {number} */ minutes) => Math.round(minutes * 10) / 10;
  return {
    features: features(answer.found),
    maybe: features(answer.maybe),
    together: features(answer.together),
    without: answer.without.map(({ need, count, minutes }) => ({ need, count, minutes: round(minutes) })),
    at: iso(bundle, zone, startMin[zone]),
    query: [lon, lat],
  };
}

/**
 * @param {Bundle} bundle
 * @param {number} station
 * @returns {number}
 */
export function zoneOf({ packed: { stations }, schedules }, station) {
  return schedules[stations.schedule[station]].zone;
}

/**
 * @param {Bundle} bundle
 * @param {Answer} answer
 * @param {number} i the station
 * @param {Query} query
 * @param {number} at when he sets out, minutes after the base
 * @returns {Feature}
 */
function feature(bundle, { trip }, i, query, at) {
  const { packed: { stations }, schedules } = bundle;
  const schedule = schedules[stations.schedule[i]];
  const { zone } = schedule;
  const start = trip.startMin[zone];
  const now = standing(schedule, start);
  const met = DOORS[trip.door[i]];
  const [lon, lat] = [bundle.lon[i], bundle.lat[i]];
  const offers = offersOf(bundle, i);
  const instant = (/** @type {number | null} */ minute) => (minute === null ? null : iso(bundle, zone, minute));
  const missing = trip.needs.filter((_, need) => trip.had[need][i] !== 1);
  return {
    geometry: { coordinates: [lon, lat] },
    properties: {
      ...facts(bundle, i),
      distance_m: Math.round(trip.metres[i] * 100) / 100,
      minutes: Math.round(trip.minutes[i] * 10) / 10,
      wait_min: Math.round(trip.waitMin[i] * 10) / 10,
      arrives_at: iso(bundle, zone, start + trip.minutes[i]),
      state: now.state,
      state_words: stateWords(bundle, zone, now, met, at),
      until: instant(now.until),
      opens_at: instant(now.opens),
      on_arrival: met,
      services: Object.fromEntries(offers.map((offer) => [offer.code, HAD[had(bundle, trip, i, offer)]])),
      missing,
      reason: reason(bundle, i, now.state, trip.door[i], start, trip.minutes[i]),
      links: navigation(lon, lat, stations.name[i], query.mode),
    },
  };
}

/**
 * Return what is kept of a station whatever the question.
 * @param {Bundle} bundle
 * @param {number} i
 * @returns {Pick<import("../settings.js").Properties, "id" | "name" | "address" | "access" | "floor" | "members_only" | "fictional"> &
 *   {kinds: string[], nearby_m: Record<string, number>, hours_text: string, confirmed_on: string}}
 */
export function facts(bundle, i) {
  const { stations } = bundle.packed;
  /**
   * @template T
   * @param {import("./bundle.js").Coded<T>} column
   * @returns {T}
   */
  const of = (column) => column.values[column.at[i]];
  const nearby = offersOf(bundle, i).filter(({ nearbyM }) => nearbyM !== null);
  return {
    id: stations.id[i],
    name: stations.name[i],
    address: stations.address[i],
    kinds: of(stations.kinds),
    access: of(stations.access),
    floor: of(stations.floor),
    members_only: of(stations.members_only),
    nearby_m: Object.fromEntries(nearby.map(({ code, nearbyM }) => [code, Number(nearbyM)])),
    hours_text: of(stations.hours_text),
    confirmed_on: of(stations.confirmed_on),
    fictional: of(stations.fictional),
  };
}

/**
 * Return why something is unknown or of no use.
 * @param {Bundle} bundle
 * @param {number} i
 * @param {string} state
 * @param {number} door
 * @param {number} start
 * @param {number} minutes
 * @returns {string | null}
 */
function reason(bundle, i, state, door, start, minutes) {
  if (minutes > LONGEST_MIN) return tell("More than a day's travel away: what you meet on arrival is not worked out.");
  if (state === "unknown") return whyOf(bundle, i, start);
  if (door === UNKNOWN) return whyOf(bundle, i, start + minutes);
  return door === CLOSING ? tell("It closes too soon after you get there.") : null;
}

/**
 * Return why the hours of a station are unknown at a minute, null where nothing is said.
 * @param {Bundle} bundle
 * @param {number} i
 * @param {number} minute
 * @returns {string | null}
 */
export function whyOf(bundle, i, minute) {
  const { packed, schedules } = bundle;
  const schedule = schedules[packed.stations.schedule[i]];
  const doubt = packed.stations.doubt[i];
  const which = doubt >= 0 ? doubt : whyUnknown(schedule, minute);
  if (which >= 0) return packed.reasons[settings.language][which];
  if (which === -1) return null;
  const last = localDate(bundle, schedule.zone, packed.until_min - 1);
  return tell("What this phone has kept of its hours ends on {day}. Connect to learn more.", { day: last });
}

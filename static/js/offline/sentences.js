// The state of a station in one sentence, as stationmap/finder/words.py: both are held to tests/js/offline.json.

import { tell } from "../words.js";
import { offsetMin } from "./bundle.js";

const CLOSING_MIN = 30;
const DAY_MIN = 1440;
const WEEKDAYS = ["Sunday {time}", "Monday {time}", "Tuesday {time}", "Wednesday {time}", "Thursday {time}", "Friday {time}", "Saturday {time}"];

/** @typedef {import("./bundle.js").Bundle} Bundle */

/**
 * @param {Bundle} bundle
 * @param {number} zone of the place
 * @param {import("./schedule.js").Standing} standing
 * @param {string} met what an arrival meets, "" for none
 * @param {number} at minutes after the base
 * @returns {string}
 */
export function stateWords(bundle, zone, { state, until, opens }, met, at) {
  if (state === "unknown") return tell("Hours unknown");
  if (state === "open") return openWords(bundle, zone, until, at);
  if (opens === null) return tell("Closed");
  const time = clock(bundle, zone, opens, at);
  if (["open", "opens_soon", "closing"].includes(met)) return tell("Opens {time}", { time });
  return tell("Closed, opens {time}", { time });
}

/**
 * @param {Bundle} bundle
 * @param {number} zone
 * @param {number | null} until
 * @param {number} at
 * @returns {string}
 */
function openWords(bundle, zone, until, at) {
  if (until === null) return tell("Open round the clock");
  const left = Math.floor(until - at + 1e-9);
  if (left <= CLOSING_MIN) return tell("Closes in {minutes} min", { minutes: left });
  return tell("Open until {time}", { time: clock(bundle, zone, until, at, true) });
}

/**
 * Return an instant in words: 20:00, tomorrow 08:30, Monday 08:30, 10-08 08:30.
 * @param {Bundle} bundle
 * @param {number} zone of the place
 * @param {number} minute after the base
 * @param {number} seenFrom minute after the base
 * @param {boolean} [end] it is an end: midnight is told as the 24:00 of the day before
 * @returns {string}
 */
export function clock(bundle, zone, minute, seenFrom, end = false) {
  const local = localMin(bundle, zone, minute);
  const midnight = end && local % DAY_MIN === 0;
  const day = Math.floor(local / DAY_MIN) - (midnight ? 1 : 0);
  const date = new Date(local * 60000).toISOString();
  const time = midnight ? "24:00" : date.slice(11, 16);
  const days = day - Math.floor(localMin(bundle, zone, seenFrom) / DAY_MIN);
  if (days === 0) return time;
  if (days === 1) return tell("tomorrow {time}", { time });
  const shown = new Date(day * DAY_MIN * 60000);
  if (days < 7) return tell(WEEKDAYS[shown.getUTCDay()], { time });
  const iso = shown.toISOString();
  return tell("{month}-{day} {time}", { month: iso.slice(5, 7), day: iso.slice(8, 10), time });
}

/**
 * @param {Bundle} bundle
 * @param {number} zone
 * @param {number} minute after the base
 * @returns {number} minutes since 1970 by the clock of the place
 */
export function localMin(bundle, zone, minute) {
  return bundle.baseMs / 60000 + minute + offsetMin(bundle, zone, minute);
}

/**
 * @param {Bundle} bundle
 * @param {number} zone
 * @param {number} minute after the base
 * @returns {string} ISO 8601 with the offset of the place, to the second
 */
export function iso(bundle, zone, minute) {
  const offset = offsetMin(bundle, zone, minute);
  const ahead = Math.abs(offset);
  const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, "0");
  const local = new Date(bundle.baseMs + Math.floor((minute + offset) * 60 + 1e-6) * 1000).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? "-" : "+"}${two(ahead / 60)}:${two(ahead % 60)}`;
}

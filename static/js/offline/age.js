// How old what is shown is, in words, and whether the phone's clock can be trusted.

import { tell } from "../words.js";

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60000, 3600000, 86400000];
const [HOUR_MIN, DAY_MIN, YEAR_MIN] = [60, 1440, 525949];

/**
 * @param {number} checkedMs when the server last said that the data is good
 * @param {{ms: number, trusted: boolean, offMin: number}} now
 * @returns {string}
 */
export function ageWords(checkedMs, { ms, trusted, offMin }) {
  if (!trusted) return tell("No connection. The clock of this phone is wrong: set it, or what is open may be told wrongly.");
  const age = ageOf(ms - checkedMs);
  return offMin ? `${age} ${clockWords(Math.abs(offMin))}` : age;
}

/**
 * @param {number} minutes by which the phone's clock is wrong
 * @returns {string}
 */
function clockWords(minutes) {
  const count = (/** @type {number} */ unit) => Math.round(minutes / unit);
  if (minutes < 2 * HOUR_MIN) return tell("The clock of this phone is wrong by {minutes} min; the server's time counts.", { minutes });
  if (minutes < 2 * DAY_MIN) return tell("The clock of this phone is wrong by about {hours} hours; the server's time counts.", { hours: count(HOUR_MIN) });
  if (minutes < 2 * YEAR_MIN) return tell("The clock of this phone is wrong by about {days} days; the server's time counts.", { days: count(DAY_MIN) });
  return tell("The clock of this phone is wrong by about {years} years; the server's time counts.", { years: count(YEAR_MIN) });
}

/**
 * @param {number} ageMs
 * @returns {string}
 */
function ageOf(ageMs) {
  const count = (/** @type {number} */ unit) => Math.floor(ageMs / unit);
  if (ageMs < 2 * MINUTE_MS) return tell("No connection. Data of a moment ago.");
  if (ageMs < 2 * HOUR_MS) return tell("No connection. Data of {minutes} min ago.", { minutes: count(MINUTE_MS) });
  if (ageMs < 2 * DAY_MS) return tell("No connection. Data of {hours} hours ago.", { hours: count(HOUR_MS) });
  return tell("No connection. Data of {days} days ago.", { days: count(DAY_MS) });
}

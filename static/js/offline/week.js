// The openings of the days ahead from the bundle, in words: as stationmap/web/week.py tells them, without its remarks.

import { tell } from "../words.js";
import { localMin } from "./sentences.js";

const DAYS = 7;
const DAY_MIN = 1440;
const NIGHT_ENDS_MIN = 720;
const NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** @typedef {{name: string, text: string, look: "open" | "closed" | "unknown", today: boolean}} Day */

/**
 * @param {import("./bundle.js").Bundle} bundle
 * @param {import("./bundle.js").Schedule} schedule
 * @param {number} at minutes after the base
 * @returns {Day[]} today first
 */
export function week(bundle, schedule, at) {
  const today = Math.floor(localMin(bundle, schedule.zone, at) / DAY_MIN);
  const spans = schedule.start.map((start, i) => ({
    start: Number.isFinite(start) ? localMin(bundle, schedule.zone, start) : start,
    end: Number.isFinite(schedule.end[i]) ? localMin(bundle, schedule.zone, schedule.end[i]) : schedule.end[i],
    unknown: schedule.unknown[i],
  }));
  return Array.from({ length: DAYS }, (_, ahead) => dayOf(spans, today + ahead, ahead === 0));
}

/**
 * @param {{start: number, end: number, unknown: boolean}[]} spans local minutes since 1970
 * @param {number} day since 1970
 * @param {boolean} today
 * @returns {Day}
 */
function dayOf(spans, day, today) {
  const told = spans.map((span) => ({ unknown: span.unknown, words: wordsOf(span, day * DAY_MIN) })).filter(({ words }) => words);
  const open = told.filter(({ unknown }) => !unknown).map(({ words }) => words);
  const date = new Date(day * DAY_MIN * 60000);
  const name = `${date.toISOString().slice(5, 10)} ${tell(NAMES[date.getUTCDay()])}`;
  if (open.length) return { name, text: open.join(", "), look: "open", today };
  if (told.length) return { name, text: tell("Hours unknown"), look: "unknown", today };
  return { name, text: tell("Closed"), look: "closed", today };
}

/**
 * @param {{start: number, end: number}} span
 * @param {number} midnight at which the day begins
 * @returns {string} the part told under the day, "" for none; a night is told whole where it begins
 */
function wordsOf({ start, end }, midnight) {
  const next = midnight + DAY_MIN;
  const begun = Math.floor(start / DAY_MIN);
  const night = Math.floor(end / DAY_MIN) === begun + 1 && end % DAY_MIN < NIGHT_ENDS_MIN;
  if (end <= midnight || start >= next || (night && start < midnight)) return "";
  const [from, to] = [Math.max(start, midnight), night ? end : Math.min(end, next)];
  if (from === midnight && to === next) return tell("Round the clock");
  return `${clock(from)}–${to === next ? "24:00" : clock(to)}`;
}

/**
 * @param {number} local minutes
 * @returns {string}
 */
function clock(local) {
  return new Date(local * 60000).toISOString().slice(11, 16);
}

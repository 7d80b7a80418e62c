// Sentences in the reader's language. The same rules stand in stationmap/web/wording.py: both are held to the
// vectors of tests/js/wording.json.

import { settings } from "./settings.js";

const MINUTE_MS = 60000;
const DAY_MS = 86400000;
const CLOSING_MIN = 30;
const MOST_COUNTED = 10;
/** Beyond this a way is told in kilometres only: nobody walks or rides it. */
export const FAR_M = 50000;

/**
 * Return a sentence of the catalogue with its {fields} filled.
 * @param {string} sentence English, as the key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function tell(sentence, values = {}) {
  const told = settings.words?.[sentence] ?? sentence;
  return told.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * Return how a state looks, as shape and colour.
 * @param {import("./settings.js").Properties} place
 * @param {string} at the instant that the answer is for
 * @returns {"open" | "closing" | "soon" | "closed" | "unknown"}
 */
export function look({ state, until, on_arrival: met }, at) {
  if (state === "closed") return met === "open" || met === "opens_soon" || met === "closing" ? "soon" : "closed";
  if (state === "unknown") return "unknown";
  const soon = until !== null && Date.parse(until) - Date.parse(at) < (CLOSING_MIN + 1) * MINUTE_MS;
  return soon || met === "closing" ? "closing" : "open";
}

/**
 * Return the shape of a mark in list and map: how its state looks, or that of the unknown where a need is not sure.
 * @param {import("./settings.js").Properties} place
 * @param {string} at
 * @param {boolean} unsure
 * @returns {"open" | "closing" | "soon" | "closed" | "unknown"}
 */
export function shape(place, at, unsure) {
  return unsure ? "unknown" : look(place, at);
}

/**
 * @param {number} minutes
 * @returns {string}
 */
export function minutesWords(minutes) {
  const whole = Math.max(1, Math.floor(minutes + 0.5));
  return whole < 100 ? tell("{minutes} min", { minutes: whole }) : tell("{hours} h", { hours: Math.floor(whole / 60 + 0.5) });
}

/**
 * @param {number} metres
 * @returns {string}
 */
export function metresWords(metres) {
  const tens = Math.floor(metres / 10 + 0.5) * 10;
  if (tens < 1000) return tell("{metres} m", { metres: tens });
  return tell("{kilometres} km", { kilometres: tens < 10000 ? (Math.floor(tens / 100 + 0.5) / 10).toFixed(1) : Math.floor(tens / 1000 + 0.5) });
}

/**
 * Return when a station was last said to be as it is told, "" when nobody did: the later of workers and clerk, of one
 * day the workers.
 * @param {import("./settings.js").Properties} place
 * @param {string} at
 * @returns {string}
 */
export function seen({ still_right_on: workers = "", confirmed_on: clerk = "" }, at) {
  const day = workers >= clerk ? workers : clerk;
  const days = Math.round((Date.parse(at.slice(0, 10)) - Date.parse(day)) / DAY_MS);
  if (!day || days < 0) return "";
  const age = ageWords(days);
  return day === workers ? tell("Still right, say workers: {age}", { age }) : tell("Checked {age}", { age });
}

/**
 * @param {number} days
 * @returns {string} in days, in months from 60 days on, in years from 730 on
 */
export function ageWords(days) {
  if (days < 2) return days ? tell("yesterday") : tell("today");
  if (days < 60) return tell("{days} days ago", { days });
  if (days < 730) return tell("{months} months ago", { months: Math.floor(days / 30) });
  return tell("{years} years ago", { years: Math.floor(days / 365) });
}

/**
 * Return how long one would stand before the door, in whole minutes begun; "" where it is open on arrival.
 * @param {import("./settings.js").Properties} place
 * @returns {string}
 */
export function waitWords(place) {
  return waits(place) ? tell("You would wait {minutes} min", { minutes: Math.max(1, Math.ceil(place.wait_min || 0)) }) : "";
}

/**
 * @param {import("./settings.js").Properties} place
 * @returns {boolean} whether it opens only a while after one would be there
 */
export function waits({ on_arrival: met }) {
  return met === "opens_soon";
}

/**
 * Return what there is when one need is dropped, as a button says it.
 * @param {import("./settings.js").Without} way
 * @returns {string}
 */
export function withoutWords({ need, count, minutes }) {
  const values = { service: settings.labels.services[need], count, way: minutesWords(minutes) };
  if (count === 1) return tell("Without {service}: one station, {way}", values);
  if (count < MOST_COUNTED) return tell("Without {service}: {count} stations, the nearest {way}", values);
  return tell("Without {service}: {count} stations or more, the nearest {way}", values);
}

// Sentences in the reader's language. The same rules stand in stationmap/web/wording.py: both are held to the
// vectors of tests/js/wording.json.

import { settings } from "./settings.js";

const WEEKDAYS = [
  "Sunday {time}",
  "Monday {time}",
  "Tuesday {time}",
  "Wednesday {time}",
  "Thursday {time}",
  "Friday {time}",
  "Saturday {time}",
];
const DAY_MS = 86400000;
const CLOSING_MIN = 30;

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
 * Return an instant in words, seen from another: 20:00, tomorrow 08:30, Monday 08:30, 10-08 08:30.
 * @param {string} instant ISO 8601 with the place's own offset
 * @param {string} from ISO 8601 with an offset
 * @param {boolean} [end] an end: midnight is the 24:00 of the day before
 * @returns {string}
 */
export function clock(instant, from, end = false) {
  const minute = instant.slice(11, 16);
  const endsDay = end && minute === "00:00";
  const today = dayNumber(from, offsetMs(instant));
  const day = dayNumber(instant, offsetMs(instant)) - (endsDay ? 1 : 0);
  const time = endsDay ? "24:00" : minute;
  if (day === today) return time;
  if (day === today + 1) return tell("tomorrow {time}", { time });
  if (day < today + 7) return tell(WEEKDAYS[(day + 4) % 7], { time });
  const date = new Date(day * DAY_MS).toISOString();
  return tell("{month}-{day} {time}", { month: date.slice(5, 7), day: date.slice(8, 10), time });
}

/**
 * Return the state of a place at an instant: how it looks (shape and colour), and the words.
 * @param {import("./settings.js").Properties} place
 * @param {string} at
 * @returns {{look: "open" | "closing" | "soon" | "closed" | "unknown", text: string}}
 */
export function stateWords(place, at) {
  if (place.state === "open") return openWords(place, at);
  if (place.state === "unknown") return { look: "unknown", text: tell("Hours unknown") };
  if (!place.opens_at) return { look: "closed", text: tell("Closed") };
  const time = clock(place.opens_at, at);
  if (place.on_arrival === "open" || place.on_arrival === "opens_soon" || place.on_arrival === "closing") {
    return { look: "soon", text: tell("Opens {time}", { time }) };
  }
  return { look: "closed", text: tell("Closed, opens {time}", { time }) };
}

/**
 * @param {import("./settings.js").Properties} place
 * @param {string} at
 * @returns {{look: "open" | "closing", text: string}}
 */
function openWords(place, at) {
  if (!place.until) return { look: "open", text: tell("Open round the clock") };
  const left = Math.floor((Date.parse(place.until) - Date.parse(at)) / 60000);
  if (left <= CLOSING_MIN) return { look: "closing", text: tell("Closes in {minutes} min", { minutes: left }) };
  const text = tell("Open until {time}", { time: clock(place.until, at, true) });
  return { look: place.on_arrival === "closing" ? "closing" : "open", text };
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
 * @param {string} instant
 * @returns {number} the offset that stands at the end of an ISO instant
 */
function offsetMs(instant) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(instant);
  if (!found) return 0;
  return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) * 60000;
}

/**
 * @param {string} instant
 * @param {number} shiftMs
 * @returns {number} days since 1970 in the zone that is shiftMs east of Greenwich
 */
function dayNumber(instant, shiftMs) {
  return Math.floor((Date.parse(instant) + shiftMs) / DAY_MS);
}

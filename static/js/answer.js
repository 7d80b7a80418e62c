// An answer as groups of stations in the order they are read, and the sentence that sums it up.
// stationmap/web/answer.py does the same: both are held to the vectors of tests/js/groups.json.

import { FAR_M, metresWords, tell, waits } from "./words.js";

const NEAR_MIN = 60;
const MUCH_NEARER_MIN = 10;
const DOUBTFUL = 3;
const FAR_ROWS = 3;
const UNSURE = ["nearer", "maybe"];

/** @typedef {import("./settings.js").Feature} Feature */
/** @typedef {import("./settings.js").Collection} Collection */
/** @typedef {{name: string, features: Feature[]}} Group */

/**
 * @param {Feature} feature
 * @returns {boolean} whether it is within an hour's way
 */
export function near({ properties }) {
  return properties.minutes <= NEAR_MIN;
}

/**
 * @param {Group} group
 * @returns {boolean} whether what a worker needs is not known of its stations
 */
export function unsure({ name }) {
  return UNSURE.includes(name);
}

/**
 * Return the groups of an answer in the order they are shown. `others` is the answer to the same question with
 * "all" instead of "open now": where nothing near can be entered, it tells what opens next.
 * @param {Collection} answer
 * @param {Collection | null} others
 * @returns {Group[]}
 */
export function groups({ features: found, maybe, together }, others) {
  const any = others ? others.features : [];
  const all = [...found, ...maybe, ...together, ...any];
  if (all.length && all.every(({ properties }) => properties.distance_m > FAR_M)) {
    const nearest = all.sort((a, b) => a.properties.distance_m - b.properties.distance_m);
    return named({ far: fresh(nearest, []).slice(0, FAR_ROWS) });
  }
  const sure = found.filter(near);
  const ahead = fresh(together, found);
  const perhaps = fresh(maybe, [...found, ...ahead]);
  const [first, nearer, onward] = toldApart(sure, perhaps);
  let doubtful = fresh(perhaps, nearer);
  let opening = nextToOpen(fresh(any, [...found, ...ahead, ...perhaps]));
  if ([...sure, ...nearer, ...ahead, ...doubtful, ...opening].some(near)) {
    [doubtful, opening] = [doubtful.filter(near), opening.filter(near)];
  }
  if (sure.length) doubtful = doubtful.slice(0, DOUBTFUL);
  const far = found.filter((feature) => !near(feature));
  return named({ found: first, nearer, onward, together: ahead, maybe: doubtful, next: opening, far });
}

/**
 * @param {Record<string, Feature[]>} filled
 * @returns {Group[]} all groups in their order
 */
function named(filled) {
  const order = ["found", "nearer", "onward", "together", "maybe", "next", "far"];
  return order.map((name) => ({ name, features: filled[name] || [] }));
}

/**
 * @param {Feature[]} features
 * @param {Feature[]} shown
 * @returns {Feature[]} each once, those left out that are shown already
 */
function fresh(features, shown) {
  const ids = new Set(shown.map(({ properties }) => properties.id));
  return features.filter(({ properties: { id } }) => !ids.has(id) && ids.add(id));
}

/**
 * @param {Feature[]} sure
 * @param {Feature[]} doubtful
 * @returns {[Feature[], Feature[], Feature[]]} the sure ones before the turn, the doubtful ones much nearer than the
 *   rest, and the sure ones after
 */
function toldApart(sure, doubtful) {
  const least = Math.min(...doubtful.map(({ properties }) => properties.minutes)) + MUCH_NEARER_MIN;
  const turn = sure.findIndex(({ properties }) => properties.minutes >= least);
  if (turn < 0) return [sure, [], []];
  const most = sure[turn].properties.minutes - MUCH_NEARER_MIN;
  const nearer = doubtful.filter(({ properties }) => properties.minutes <= most).slice(0, DOUBTFUL);
  return [sure.slice(0, turn), nearer, sure.slice(turn)];
}

/**
 * @param {Feature[]} features
 * @returns {Feature[]} those that open at a known time, the first to open first
 */
function nextToOpen(features) {
  const opening = features.filter(({ properties }) => properties.opens_at);
  const instant = (/** @type {Feature} */ { properties }) => Date.parse(properties.opens_at || "");
  return opening.sort((a, b) => instant(a) - instant(b));
}

/**
 * Return the one sentence that sums an answer up.
 * @param {Group[]} shown
 * @param {boolean} any
 * @returns {string}
 */
export function summary(shown, any) {
  const [found, nearer, onward, together, maybe, next, far] = shown.map(({ features }) => features);
  if (found.length || onward.length) return counted([...found, ...onward], found.length ? 0 : nearer.length, any);
  if (together.length) return tell("No single station has all of that now. These together do.");
  if (maybe.length) return tell("None is sure. Ask at these first.");
  if (next.length) return tell("None nearby can be entered now. These open next.");
  if (!far.length) return tell("No station within reach has all of that. Ask for less, or for other kinds.");
  const metres = far[0].properties.distance_m;
  if (metres > FAR_M) {
    return tell("The nearest station is still {distance} away. If you are elsewhere, type a street or tap the map.", { distance: metresWords(metres) });
  }
  return tell("Nothing within an hour's way. These are farther.");
}

/**
 * Return how many there are, how many of them only after a wait, and what stands nearer but is not sure.
 * @param {Feature[]} sure
 * @param {number} nearer
 * @param {boolean} any
 * @returns {string}
 */
function counted(sure, nearer, any) {
  const waiting = any ? 0 : sure.filter(({ properties }) => waits(properties)).length;
  const count = sure.length - waiting;
  const told = [];
  if (!count) told.push(tell("{count} nearby, but you would wait for the door to open.", { count: waiting }));
  else if (count === 1) told.push(any ? tell("One station within an hour's way.") : tell("One station you can enter."));
  else if (nearer) told.push(any ? tell("{count} stations, farther.", { count }) : tell("{count} stations you can enter, farther.", { count }));
  else told.push(any ? tell("{count} nearest stations.", { count }) : tell("{count} stations you can enter.", { count }));
  if (count && waiting) told.push(tell("{count} more open a while after you arrive.", { count: waiting }));
  if (nearer) told.push(tell("{count} nearer, but not sure.", { count: nearer }));
  return told.join(" ");
}

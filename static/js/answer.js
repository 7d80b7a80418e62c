// The answer as it stands on the page: groups of rows, numbered through, and what to say when none can be entered.

import { row } from "./rows.js";
import { tell } from "./words.js";

const DOUBTFUL = 3;

/** @typedef {import("./settings.js").Feature} Feature */
/** @typedef {import("./settings.js").Collection} Collection */
/** @typedef {{name: string, features: Feature[]}} Group */

/**
 * Return the groups of an answer in the order they are shown. `others` is the answer to the same question with
 * "all" instead of "open now": where nothing can be entered, it tells what opens next.
 * @param {Collection} answer
 * @param {Collection | null} others
 * @returns {Group[]}
 */
export function groups(answer, others) {
  const shown = new Set(answer.features.map(({ properties }) => properties.id));
  const fresh = (/** @type {Feature[]} */ features) => features.filter(({ properties }) => !shown.has(properties.id));
  const together = fresh(answer.together);
  together.forEach(({ properties }) => shown.add(properties.id));
  const maybe = fresh(answer.maybe).slice(0, answer.features.length ? DOUBTFUL : undefined);
  maybe.forEach(({ properties }) => shown.add(properties.id));
  return [
    { name: "found", features: answer.features },
    { name: "together", features: together },
    { name: "maybe", features: maybe },
    { name: "next", features: fresh(others ? nextToOpen(others.features) : []) },
  ];
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
 * Put the groups on the page.
 * @param {Group[]} shown
 * @param {string} at
 * @param {string[]} needs
 */
export function fill(shown, at, needs) {
  let number = 0;
  for (const { name, features } of shown) {
    const section = /** @type {HTMLElement} */ (document.querySelector(`[data-group="${name}"]`));
    const list = /** @type {HTMLElement} */ (section.querySelector(".rows"));
    list.textContent = "";
    for (const { properties } of features) list.appendChild(row(properties, ++number, at, needs));
    section.hidden = !features.length;
  }
}

/**
 * Return the one sentence that sums an answer up.
 * @param {Group[]} shown
 * @param {boolean} any
 * @returns {string}
 */
export function summary(shown, any) {
  const [found, together, maybe, next] = shown.map(({ features }) => features.length);
  if (found) return any ? tell("{count} nearest stations.", { count: found }) : tell("{count} stations you can enter.", { count: found });
  if (together) return tell("No single station has all of that now. These together do.");
  if (maybe) return tell("None is sure. Ask at these first.");
  if (next) return tell("None nearby can be entered now. These open next.");
  return tell("No station within reach has all of that. Ask for less, or for other kinds.");
}

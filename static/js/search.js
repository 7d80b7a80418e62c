// The question under way: where, what, how many. Every change asks again; a later question overtakes an earlier one.

import { fill, groups, near, summary, unsure } from "./answer.js";
import { nearest } from "./api.js";
import { asked, keepPosition } from "./form.js";
import { goOnward, remember } from "./memory.js";
import { choose, showOnMap } from "./pair.js";
import { complain, say } from "./status.js";
import { tell } from "./words.js";

const PAGE = 8;
const MOST = 50;
const OTHERS = 20;
const VAGUE_M = 300;

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./settings.js").Collection} Collection */
/** @typedef {{frame?: boolean, quiet?: boolean}} How frame: move the map to the answer; quiet: only a refresh */

const list = /** @type {HTMLElement} */ (document.getElementById("answer"));
const pane = /** @type {HTMLElement} */ (document.querySelector(".pane"));
const further = /** @type {HTMLElement} */ (document.getElementById("further"));

/** @type {Place | null} */
let place = null;
let count = PAGE;
let question = new AbortController();

/**
 * Take a place and look around it.
 * @param {Place} next
 * @param {How} [how]
 * @returns {Promise<void>}
 */
export function goTo(next, how) {
  place = next;
  count = PAGE;
  remember({ place, count, scroll: undefined });
  keepPosition(`${next.lon},${next.lat}`, next.datum);
  return search(how);
}

/** @returns {boolean} whether there is a place to look around */
export function located() {
  return place !== null;
}

/**
 * Take up the question that the tab remembers, and stand where he stood in the list.
 * @param {import("./memory.js").Memory} memory
 */
export async function resume({ place: kept, count: rows, scroll }) {
  place = kept;
  count = rows;
  keepPosition(`${kept.lon},${kept.lat}`, kept.datum);
  await search();
  if (!scroll) return;
  window.scrollTo(0, scroll[0]);
  pane.scrollTop = scroll[1];
}

/**
 * Remember where he stands in the list, as he leaves it for one station.
 * @param {Event} event
 */
export function leave({ target }) {
  if (place) remember({ scroll: [window.scrollY, pane.scrollTop] });
  const link = target instanceof Element ? /** @type {HTMLAnchorElement | null} */ (target.closest("a[href]")) : null;
  if (link) goOnward(link.pathname);
}

/** Ask for more of the same. */
export function more() {
  count = Math.min(MOST, count + PAGE);
  remember({ count });
  search({ frame: false });
}

/**
 * Ask the server for the present place and filters, and show what it says.
 * @param {How} [how]
 */
export async function search({ frame = true, quiet = false } = {}) {
  if (!place) return;
  question.abort();
  question = new AbortController();
  const { signal } = question;
  const { lon, lat, datum } = place;
  const wanted = { lon, lat, datum, ...asked(), k: count };
  if (!quiet) list.setAttribute("aria-busy", "true");
  try {
    const answer = await nearest(wanted, signal);
    const others = answer.features.some(near) ? null : await nearest({ ...wanted, any: true, k: OTHERS }, signal);
    show(answer, others, { frame, quiet });
  } catch (fault) {
    if (!signal.aborted && !quiet) complain(fault);
  }
  if (!signal.aborted) list.removeAttribute("aria-busy");
}

/**
 * @param {Collection} answer
 * @param {Collection | null} others
 * @param {How} how
 */
function show(answer, others, { frame, quiet }) {
  const shown = groups(answer, others);
  const { need, any } = asked();
  const focused = document.activeElement?.closest(".row")?.getAttribute("data-id");
  fill(shown, answer.at, need);
  if (focused) choose(focused, { focus: true });
  document.body.classList.add("located");
  const folded = answer.features.some(near) && !answer.features.every(near);
  further.hidden = answer.features.length < count || count >= MOST || folded;
  if (!quiet) say([summary(shown, any), doubt()].filter(Boolean).join(" "));
  const features = shown.flatMap((group) => group.features.map((each) => ({ ...each, unsure: unsure(group) })));
  showOnMap({ features, here: answer.query, at: answer.at }, Boolean(frame));
}

/** @returns {string} */
function doubt() {
  const metres = Math.round(place?.accuracy_m || 0);
  return metres > VAGUE_M ? tell("Your position is only known to {metres} m.", { metres }) : "";
}

// The question under way: where, what, how many. Every change asks again; a later question overtakes an earlier one.

import { groups, near, summary, unsure } from "./answer.js";
import { nearest } from "./api.js";
import { asked, clearPlace, keepPlace } from "./form.js";
import { keep } from "./kept.js";
import { fill, order, reading, refresh, scrolled } from "./list.js";
import { goOnward, remember } from "./memory.js";
import { choose, moveHere, showOnMap } from "./pair.js";
import { age, complain, fresh, label, offerTap, say } from "./status.js";
import { metresWords, tell } from "./words.js";
import { offerToDrop } from "./without.js";

const PAGE = 8;
const MOST = 50;
const OTHERS = 20;
const VAGUE_M = 300;
const PATIENCE_MS = 2000;

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./settings.js").Collection} Collection */
/** @typedef {{frame?: boolean, quiet?: boolean}} How frame: move the map to the answer; quiet: only a refresh */

const list = /** @type {HTMLElement} */ (document.getElementById("answer"));
const pane = /** @type {HTMLElement} */ (document.querySelector(".pane"));
const further = /** @type {HTMLElement} */ (document.getElementById("further"));
const renewed = /** @type {HTMLElement} */ (document.getElementById("renew"));

/** @type {Place | null} */
let place = null;
let count = PAGE;
let question = new AbortController();
let drawn = "";
/** @type {Place | null} the place that the list is of */
let listed = null;
let chosen = false; // another place than the list is of, and no answer yet
/** @type {(() => void) | null} */
let waiting = null;

/** @returns {Place | null} the place that is looked around */
export function here() {
  return place;
}

/**
 * Take a place and look around it.
 * @param {Place} next
 * @param {How} [how]
 * @returns {Promise<void>}
 */
export function goTo(next, how) {
  place = next;
  chosen = true;
  count = PAGE;
  remember({ place, count, scroll: undefined });
  keepPlace(next);
  keep(next);
  return search(how);
}

/**
 * Look around the place to which he has moved, without a jump in the list.
 * @param {Place} next
 * @returns {Promise<void>}
 */
export function moveTo(next) {
  place = next;
  remember({ place });
  keepPlace(next);
  keep(next);
  return search({ frame: false, quiet: true });
}

/**
 * Take up the question that the tab remembers, and stand where he stood in the list.
 * @param {import("./memory.js").Memory} memory
 */
export async function resume({ place: kept, count: rows, scroll }) {
  place = kept;
  count = rows || PAGE;
  keepPlace(kept);
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

/** Show the answer that waits, when he asks for it, or when he does not read and stands at the top of the page. */
export function showWaiting() {
  renewed.addEventListener("click", () => waiting?.());
  window.setInterval(() => !reading() && !scrolled() && waiting?.(), PATIENCE_MS);
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
    const others = answer.features.some(near) ? null : await nearest({ ...wanted, open: "any", k: OTHERS }, signal);
    fresh(answer.offline);
    show(answer, others, { frame, quiet });
  } catch (fault) {
    if (!signal.aborted && quiet) age();
    else if (!signal.aborted) {
      complain(fault, () => search({ frame }));
      if (chosen) labelOld();
    }
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
  const about = { at: answer.at, needs: asked().need };
  const next = order(shown);
  waiting = null;
  if (quiet && next !== drawn && (reading() || scrolled())) {
    refresh(shown, about);
    moveHere(answer.query);
    waiting = () => draw(shown, answer, about, { frame: false, quiet });
  } else {
    draw(shown, answer, about, { frame, quiet });
  }
  renewed.hidden = !waiting;
  drawn = waiting ? drawn : next;
}

/**
 * @param {import("./answer.js").Group[]} shown
 * @param {Collection} answer
 * @param {import("./list.js").About} about
 * @param {How} how
 */
function draw(shown, answer, about, { frame, quiet }) {
  const focused = document.activeElement?.closest(".row")?.getAttribute("data-id");
  fill(shown, about, Boolean(quiet));
  drawn = order(shown);
  waiting = null;
  renewed.hidden = true;
  [listed, chosen] = [place, false];
  label("");
  if (focused) choose(focused, { focus: true });
  document.body.classList.add("located");
  document.body.classList.toggle("nowhere", !answer.features.some(near));
  const folded = answer.features.some(near) && !answer.features.every(near);
  further.hidden = answer.features.length < count || count >= MOST || folded;
  offerToDrop(answer.without || []);
  say([around(), summary(shown, asked().open === "any"), quiet ? "" : doubt()].filter(Boolean).join(" "), Boolean(quiet));
  if (vague() && !quiet) offerTap();
  const features = shown.flatMap((group) => group.features.map((each) => ({ ...each, unsure: unsure(group) })));
  showOnMap({ features, here: answer.query, at: answer.at, vague_m: vague() }, Boolean(frame));
}

/** Say of the list that it is still that of the place before: the one asked for since has none. */
export function labelOld() {
  if (!listed) return;
  const { name } = listed;
  label(name ? tell("Below are still the stations around {place}.", { place: name }) : tell("Below are still the stations around the place before."));
}

/** Put the place that the list is of, or none, back into the form, where something else was typed. */
export function restorePlace() {
  clearPlace();
  if (listed) keepPlace(listed);
}

/** @returns {string} which place and time the answer is for, where it is not here and now */
function around() {
  const { at } = asked();
  const name = place?.name || "";
  const where = place?.area ? tell("Around {place}, times count from its middle.", { place: name }) : name && tell("Around {place}.", { place: name });
  const last = place?.from === "last" ? tell("Around your last place.") : "";
  return [where || last, at ? tell("At {when} there.", { when: at.replace("T", " ") }) : ""].filter(Boolean).join(" ");
}

/** @returns {number} metres within which he is, 0 where his position is known well enough */
function vague() {
  const metres = place?.accuracy_m || 0;
  return metres > VAGUE_M ? metres : 0;
}

/** @returns {string} */
function doubt() {
  if (!vague()) return "";
  return tell("Your position is only known to {distance}: tap your place on the map, or write your street.", { distance: metresWords(vague()) });
}

// The list on the page: filled anew when he asks, brought up to date without a jump while he reads.

import { unsure } from "./answer.js";
import { renew, row } from "./rows.js";
import { shape, tell } from "./words.js";

const READING_MS = 8000;
const TOP_PX = 8;

/** @typedef {import("./answer.js").Group} Group */
/** @typedef {{at: string, needs: string[]}} About the instant that an answer is for, and what was asked for */

const list = /** @type {HTMLElement} */ (document.getElementById("answer"));
const pane = /** @type {HTMLElement} */ (document.querySelector(".pane"));
let touched = -READING_MS;
let held = false;

/** Notice when he reads: rows do not change their places under his finger or eyes. */
export function noticeReading() {
  const now = () => (touched = performance.now());
  for (const kind of ["pointerdown", "touchmove", "wheel", "keydown"]) list.addEventListener(kind, now, { passive: true });
  for (const scrolled of [window, pane]) scrolled.addEventListener("scroll", now, { passive: true });
  list.addEventListener("pointerdown", () => (held = true));
  for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, () => (held = false));
}

/** @returns {boolean} whether he touches the list, stands in it with the keyboard, or moved it a moment ago */
export function reading() {
  const inside = document.activeElement !== list && list.contains(document.activeElement) && Boolean(document.activeElement?.closest(".row"));
  return held || inside || performance.now() - touched < READING_MS;
}

/** @returns {boolean} whether he moved the page or the list's pane away from its top */
export function scrolled() {
  return window.scrollY > TOP_PX || pane.scrollTop > TOP_PX;
}

/**
 * Return the ids of stations in their order on the page.
 * @param {Group[]} groups
 * @returns {string}
 */
export function order(groups) {
  return groups.map(({ name, features }) => `${name}:${features.map(({ properties }) => properties.id).join("|")}`).join("/");
}

/**
 * Put the groups on the page, rows that were there among them kept; what he looks at stays where it is.
 * @param {Group[]} groups
 * @param {About} about
 * @param {boolean} anchored whether the page may be scrolled so that nothing jumps
 */
export function fill(groups, about, anchored) {
  const anchor = anchored ? firstInSight() : null;
  const before = anchor?.getBoundingClientRect().top || 0;
  const rows = shownRows();
  let number = 0;
  for (const group of groups) {
    const section = /** @type {HTMLElement} */ (document.querySelector(`[data-group="${group.name}"]`));
    const place = /** @type {HTMLElement} */ (section.querySelector(".rows"));
    if (section instanceof HTMLDetailsElement && section.hidden) section.open = number === 0;
    const wanted = group.features.map((feature) => {
      const made = rowOf(group, feature, ++number, about);
      const shown = rows.get(feature.properties.id);
      if (!shown) return made;
      renew(shown, made);
      shown.classList.remove("row--gone");
      return shown;
    });
    wanted.forEach((each, i) => place.children[i] !== each && place.insertBefore(each, place.children[i] || null));
    while (place.children.length > wanted.length) place.lastElementChild?.remove();
    section.hidden = !wanted.length;
  }
  if (anchor?.isConnected) scrollBy(anchor.getBoundingClientRect().top - before);
}

/**
 * Bring the rows that are shown up to date where they stand; one that is not in the answer any more says so.
 * @param {Group[]} groups
 * @param {About} about
 */
export function refresh(groups, about) {
  const rows = shownRows();
  for (const group of groups) {
    for (const feature of group.features) {
      const shown = rows.get(feature.properties.id);
      if (!shown) continue;
      const number = Number(shown.querySelector('[data-slot="number"]')?.textContent);
      renew(shown, rowOf(group, feature, number, about));
      rows.delete(feature.properties.id);
    }
  }
  for (const gone of rows.values()) {
    const state = gone.querySelector('[data-slot="state"]');
    gone.classList.add("row--gone");
    if (state) state.textContent = tell("No longer in the list");
  }
}

/**
 * @param {Group} group
 * @param {import("./settings.js").Feature} feature
 * @param {number} number
 * @param {About} about
 * @returns {HTMLElement}
 */
function rowOf(group, { properties }, number, { at, needs }) {
  return row(properties, { number, at, needs, shape: shape(properties, at, unsure(group)) });
}

/** @returns {Map<string, HTMLElement>} by id of station */
function shownRows() {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(".row"));
  return new Map(Array.from(rows, (each) => [each.dataset.id || "", each]));
}

/** @returns {HTMLElement | undefined} the topmost row that is wholly in sight */
function firstInSight() {
  const top = Math.max(0, pane.getBoundingClientRect().top);
  return [...shownRows().values()].find((each) => each.offsetParent && each.getBoundingClientRect().top >= top);
}

/** @param {number} pixels */
function scrollBy(pixels) {
  if (Math.abs(pixels) < 1) return;
  if (pane.scrollHeight > pane.clientHeight + 1 && getComputedStyle(pane).overflowY === "auto") pane.scrollTop += pixels;
  else if (window.scrollY > 0) window.scrollBy(0, pixels);
}

// The finder's page: position and filters in, list and map out. It works without this script as a form and a list.

import { nearest } from "./api.js";
import { fill, groups, summary } from "./answer.js";
import { asked, keepPosition, listen, typedFields } from "./form.js";
import { locate, typed } from "./place.js";
import { settings } from "./settings.js";
import { tell } from "./words.js";

const PAGE = 8;
const MOST = 50;
const REFRESH_MS = 60000;

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./settings.js").Collection} Collection */

/** @type {Place | null} */
let place = null;
let count = PAGE;
let question = new AbortController();
/** @type {import("./map.js").StationMap | null} */
let map = null;
/** @type {{answer: Collection, others: Collection | null} | null} */
let last = null;

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Ask the server again for the present place and filters, and show what it says.
 * @param {{frame?: boolean, quiet?: boolean}} [how] frame: move the map to the answer; quiet: a refresh
 */
async function search({ frame = true, quiet = false } = {}) {
  if (!place) return;
  question.abort();
  question = new AbortController();
  const { signal } = question;
  const { accuracy_m: _, ...where } = place;
  const wanted = { ...where, ...asked(), k: count };
  if (!quiet) element("answer").setAttribute("aria-busy", "true");
  try {
    const answer = await nearest(wanted, signal);
    const others = answer.features.length ? null : await nearest({ ...wanted, any: true, k: 20 }, signal);
    last = { answer, others };
    show(frame, quiet);
  } catch (fault) {
    if (!signal.aborted) complain(fault);
  }
  if (!signal.aborted) element("answer").removeAttribute("aria-busy");
}

/**
 * @param {boolean} frame
 * @param {boolean} quiet
 */
function show(frame, quiet) {
  if (!last) return;
  const { answer, others } = last;
  const shown = groups(answer, others);
  const { need, any } = asked();
  const focused = document.activeElement instanceof HTMLElement && document.activeElement.closest(".row")?.getAttribute("data-id");
  fill(shown, answer.at, need);
  if (focused) rowOf(focused)?.querySelector("a")?.focus({ preventScroll: true });
  document.body.classList.add("located");
  element("further").hidden = answer.features.length < count || count >= MOST;
  const doubt = place?.accuracy_m && place.accuracy_m > 300 ? tell("Your position is only known to {metres} m.", { metres: Math.round(place.accuracy_m) }) : "";
  if (!quiet) say([summary(shown, any), doubt].filter(Boolean).join(" "));
  map?.show(shown.flatMap(({ features }) => features), answer.query, answer.at, frame);
}

/** @param {unknown} fault */
function complain(fault) {
  say(fault instanceof Error ? fault.message : String(fault), true);
}

/**
 * @param {string} text
 * @param {boolean} [fault]
 */
function say(text, fault = false) {
  const status = element("status");
  status.className = fault ? "status status--fault" : "status";
  status.textContent = text;
}

/**
 * Take a place and look around it.
 * @param {Place} next
 * @param {{frame?: boolean}} [how]
 */
function goTo(next, { frame = true } = {}) {
  place = next;
  count = PAGE;
  keepPosition(`${next.lon},${next.lat}`, next.datum);
  return search({ frame });
}

async function useBrowserPosition() {
  const button = element("locate");
  button.setAttribute("aria-busy", "true");
  say(tell("Looking for your position…"));
  try {
    await goTo(await locate());
  } catch (fault) {
    complain(fault);
  }
  button.removeAttribute("aria-busy");
}

function useTyped() {
  const { position, datum } = typedFields();
  if (!position) {
    useBrowserPosition();
    return;
  }
  try {
    goTo(typed(position, datum));
  } catch (fault) {
    complain(fault);
  }
}

/** @param {string} id */
function rowOf(id) {
  return [...document.querySelectorAll(".row")].find((row) => row.getAttribute("data-id") === id);
}

/**
 * Show one station in list and map.
 * @param {string} id
 * @param {boolean} scroll
 */
function choose(id, scroll) {
  document.querySelectorAll(".row.chosen").forEach((row) => row.classList.remove("chosen"));
  const row = rowOf(id);
  row?.classList.add("chosen");
  if (scroll) row?.scrollIntoView({ block: "nearest" });
  map?.choose(id);
}

async function openMap() {
  try {
    await Promise.all(settings.map.styles.map(styleSheet));
    const { StationMap } = await import("./map.js");
    map = new StationMap(element("map"), {
      onPick: (lon, lat) => goTo({ lon: round(lon), lat: round(lat), datum: "wgs84" }, { frame: false }),
      onChoose: (id) => choose(id, true),
    });
    show(true, true);
  } catch {
    element("map").hidden = true;
    element("map-note").hidden = false;
    element("map-note").textContent = tell("The map cannot be shown here. The list works without it.");
  }
}

/** @param {number} degrees @returns {number} to the decimetre or so */
function round(degrees) {
  return Math.round(degrees * 1e6) / 1e6;
}

/**
 * @param {string} address
 * @returns {Promise<void>}
 */
function styleSheet(address) {
  return new Promise((loaded, failed) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: address, onload: () => loaded(), onerror: () => failed(new Error(address)) });
    document.head.appendChild(link);
  });
}

function linkListAndMap() {
  const rows = element("answer");
  const follow = (/** @type {Event} */ event) => {
    const row = event.target instanceof Element && event.target.closest(".row");
    if (row) choose(row.getAttribute("data-id") || "", false);
  };
  rows.addEventListener("mouseover", follow);
  rows.addEventListener("focusin", follow);
}

listen({ onFilter: () => search(), onTyped: useTyped });
linkListAndMap();
element("locate").addEventListener("click", useBrowserPosition);
element("further").addEventListener("click", () => {
  count = Math.min(MOST, count + PAGE);
  search({ frame: false });
});
window.setInterval(() => document.hidden || search({ frame: false, quiet: true }), REFRESH_MS);
document.addEventListener("visibilitychange", () => document.hidden || search({ frame: false, quiet: true }));
openMap();
if (typedFields().position) useTyped();

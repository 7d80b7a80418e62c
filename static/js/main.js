// The finder's page: position and filters in, list and map out. It works without this script as a form and a list.

import { carry, onBack, read, step, offerTable } from "./address.js";
import { follow, unfollow } from "./follow.js";
import { choose, listen, typedFields, unfold } from "./form.js";
import { install } from "./install.js";
import { kept, offerToKeep } from "./kept.js";
import { noticeReading } from "./list.js";
import { remembered } from "./memory.js";
import { followNotices } from "./notices.js";
import { followList, openMap } from "./pair.js";
import { allowed, isNumbers, locate, spot, typed } from "./place.js";
import { offerPlaces, takeTyped } from "./placebox.js";
import { goTo, here, labelOld, leave, more, moveTo, restorePlace, resume, search, showWaiting } from "./search.js";
import { complain, say, showStatus } from "./status.js";
import { offerSunlight } from "./sunlight.js";
import { offerTime } from "./time.js";
import { listenToWant, offerToWant } from "./wants.js";
import { offerViews, show as showView } from "./views.js";
import { listenToDrop } from "./without.js";
import { tell } from "./words.js";

const REFRESH_MS = 60000;
const DECIMALS = 1e6;

const button = /** @type {HTMLElement} */ (document.getElementById("locate"));
let asking = 0;

/** @typedef {import("./place.js").Place} Place */

/** Ask the browser where he is, and follow him; a place that he chooses in the meantime counts more. */
async function useBrowserPosition() {
  const mine = ++asking;
  button.setAttribute("aria-busy", "true");
  if (!here()) say(tell("Looking for your position…"));
  try {
    const place = await locate();
    if (mine === asking) {
      follow(place, moveTo);
      await goTo(place);
    }
  } catch (fault) {
    if (mine === asking) {
      complain(fault, useBrowserPosition, true);
      showStatus();
    }
  }
  button.removeAttribute("aria-busy");
}

/**
 * Take a place that he chose himself.
 * @param {Place} place
 * @param {import("./search.js").How} [how]
 */
function useChosen(place, how) {
  asking += 1;
  unfollow();
  goTo(place, how);
}

/** @param {boolean} named whether he sent the box for a place, not the coordinates */
async function useTyped(named) {
  const { position, datum, place } = typedFields();
  const numbers = named && isNumbers(place) ? place : "";
  try {
    if (named && place && !numbers) await takeName(place);
    else if (numbers || position) useChosen(typed(numbers || position, numbers ? "wgs84" : datum));
    else useBrowserPosition();
  } catch (fault) {
    complain(fault, null, true);
    labelOld();
  }
}

/** @param {string} text a place that he typed: one of them is taken, or the list is said to be of the one before */
async function takeName(text) {
  offerToWant(text);
  if (await takeTyped()) offerToWant("");
  else labelOld();
}

/** Look for what he typed as a need instead, around the place before. */
function useWant() {
  restorePlace();
  filter();
  if (!here()) say(tell("Say where you are first: a street, an address, a district, or longitude and latitude."));
}

/**
 * @param {number} lon
 * @param {number} lat
 */
function useTap(lon, lat) {
  const short = (/** @type {number} */ degrees) => Math.round(degrees * DECIMALS) / DECIMALS;
  useChosen({ lon: short(lon), lat: short(lat), datum: "wgs84" }, { frame: false });
}

/** @param {Event} event a press on one of the districts, or of the places that a name may mean */
function useDistrict(event) {
  const pressed = event.target instanceof Element && /** @type {HTMLButtonElement | null} */ (event.target.closest("button[name=around]"));
  const place = pressed && spot(pressed.value);
  if (!place) return;
  event.preventDefault();
  useChosen(place);
  window.scrollTo(0, 0);
}

function filter() {
  step();
  showView();
  search();
}

function refresh() {
  if (!document.hidden) search({ frame: false, quiet: true });
}

/** Begin with the place of this tab, of the form, of this phone, or of a browser that may tell it without asking. */
async function begin() {
  const memory = remembered();
  const { position, place, placed } = typedFields();
  const named = spot(placed);
  const last = kept();
  if (memory) {
    resume(memory);
    if (memory.place.from === "browser" && (await allowed())) follow(memory.place, moveTo);
  } else if (named && named.name === place) useChosen(named);
  else if (position || place) useTyped(Boolean(place && !position));
  else {
    if (last) goTo(last);
    if (await allowed()) useBrowserPosition();
  }
}

if (window.location.search) choose(read(window.location.search)); // the page may be the one kept for a lost line
listen({ onFilter: filter, onTyped: useTyped, onDone: () => (here() ? showStatus() : useTyped(false)), onNative: carry });
unfold();
noticeReading();
showWaiting();
followList();
offerSunlight();
offerTable();
offerTime(filter);
offerPlaces({ picked: ({ lon, lat, name, kind }) => useChosen({ lon: Number(lon), lat: Number(lat), datum: "wgs84", name, area: kind === "area" }), here: hereWgs84 });
offerToKeep(here);
listenToDrop(filter);
listenToWant(useWant);
offerViews(() => openMap(useTap));
onBack(() => search({ frame: false }));
button.addEventListener("click", useBrowserPosition);
document.getElementById("further")?.addEventListener("click", more);
document.getElementById("answer")?.addEventListener("click", leave);
document.getElementById("answer")?.addEventListener("click", useDistrict);
document.addEventListener("visibilitychange", refresh);
window.addEventListener("pageshow", ({ persisted }) => persisted && refresh());
window.addEventListener("fresher", refresh); // the server answers again, see api.js
window.addEventListener("revision", refresh); // the register changed, see notices.js
window.setInterval(refresh, REFRESH_MS);
followNotices();
begin();
install();

/** @returns {{lon: number, lat: number} | null} where he is, when that is known in WGS 84 */
function hereWgs84() {
  const place = here();
  return place && place.datum === "wgs84" ? { lon: Number(place.lon), lat: Number(place.lat) } : null;
}

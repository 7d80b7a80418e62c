// The box for a place: a combobox (WAI-ARIA 1.2) over what the server, or this phone without a line, knows by name.

import { places } from "./api.js";
import { settings } from "./settings.js";
import { say } from "./status.js";
import { tell } from "./words.js";

const PAUSE_MS = 180;
const LONGEST = 100;

/** @typedef {import("./api.js").PlaceHit} Hit */

const box = /** @type {HTMLInputElement} */ (document.getElementById("place"));
const list = /** @type {HTMLElement} */ (document.getElementById("places"));
/** @type {Hit[]} */
let hits = [];
let active = -1;
let answered = "";
let asking = new AbortController();
let waiting = 0;
/** @type {(hit: Hit) => void} */
let onPick = () => undefined;
/** @type {() => {lon: number, lat: number} | null} */
let near = () => null;

/**
 * Make the box a combobox.
 * @param {{picked: (hit: Hit) => void, here: () => {lon: number, lat: number} | null}} how what to do with a place; where the
 *   worker is in WGS 84, where it is known: nearer places of one name come first
 */
export function offerPlaces({ picked, here }) {
  [onPick, near] = [picked, here];
  const given = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  Object.entries(given).forEach(([name, value]) => box.setAttribute(name, value));
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", tell("Places"));
  box.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => look(box.value), PAUSE_MS);
  });
  box.addEventListener("keydown", steer);
  box.addEventListener("blur", () => window.setTimeout(close, PAUSE_MS));
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", ({ target }) => {
    const option = target instanceof Element && target.closest("[role=option]");
    if (option) pick(Array.from(list.children).indexOf(option));
  });
}

/**
 * Take what was typed: the place it surely names, else the list to choose from.
 * @returns {Promise<boolean>} whether a place was taken; rejected with an Error whose message is a sentence for the reader
 */
export async function takeTyped() {
  const text = box.value.trim();
  window.clearTimeout(waiting);
  await look(text, true);
  if (!hits.length) throw new Error(tell("No place is called {name}. Write less of it, or choose a district below.", { name: text.slice(0, 20) }));
  const same = hits.filter(({ name }) => name === text);
  const sure = hits.length === 1 || same.length === 1;
  if (sure) pick(hits.indexOf(same[0] || hits[0]));
  else say(tell("{count} places: choose one.", { count: hits.length }));
  return sure;
}

/** @returns {boolean} whether an option is marked, so that Enter takes it */
export function marked() {
  return active >= 0;
}

/**
 * @param {string} text
 * @param {boolean} [told] whether a fault is passed on
 */
async function look(text, told = false) {
  const wanted = text.trim().slice(0, LONGEST);
  if (wanted === answered && hits.length) return open();
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const found = wanted ? await places(wanted, near(), signal) : [];
    if (signal.aborted) return;
    hits = found.filter(({ lon, lat }) => Number.isFinite(lon) && Number.isFinite(lat));
    answered = wanted;
    fill();
  } catch (fault) {
    if (told && !signal.aborted) throw fault;
  }
}

function fill() {
  list.textContent = "";
  hits.forEach(({ name, detail, kind }, i) => {
    const option = list.appendChild(document.createElement("li"));
    option.id = `place-${i}`;
    option.className = `places__one places__one--${kind}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.appendChild(document.createElement("b")).textContent = name;
    option.appendChild(document.createTextNode(" "));
    const kinds = kind === "station" ? tell("opens the station's page") : "";
    option.appendChild(document.createElement("span")).textContent = [detail, kinds].filter(Boolean).join(" · ");
  });
  mark(-1);
  if (hits.length && document.activeElement === box) open();
  else close();
}

function open() {
  list.hidden = !hits.length;
  box.setAttribute("aria-expanded", String(!list.hidden));
}

function close() {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  mark(-1);
}

/** @param {number} next */
function mark(next) {
  active = next;
  Array.from(list.children).forEach((option, i) => option.setAttribute("aria-selected", String(i === next)));
  if (next < 0) box.removeAttribute("aria-activedescendant");
  else {
    box.setAttribute("aria-activedescendant", `place-${next}`);
    list.children[next].scrollIntoView({ block: "nearest" });
  }
}

/** @param {KeyboardEvent} event */
function steer(event) {
  if (event.isComposing) return; // Enter and arrows belong to the Chinese input
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step && hits.length) {
    event.preventDefault();
    if (list.hidden) open();
    const from = active < 0 && step < 0 ? 0 : active;
    mark((from + step + hits.length) % hits.length);
  } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
    event.preventDefault();
    pick(active);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    close();
  }
}

/** @param {number} which */
function pick(which) {
  const hit = hits[which];
  if (!hit) return;
  close();
  if (hit.kind === "station") window.location.href = settings.station + encodeURIComponent(hit.id);
  else onPick(hit);
}

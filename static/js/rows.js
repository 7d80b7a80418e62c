// The list: one row a station, filled into the <template> that the server made from its own row.

import { settings } from "./settings.js";
import { FAR_M, look, metresWords, minutesWords, seen, tell, waitWords } from "./words.js";

const CHIPS_SHOWN = 6;
const MEANT = 3;
const ORDERED = [
  ...settings.common,
  ...Object.keys(settings.labels.services).filter((code) => !settings.common.includes(code)),
];

/**
 * Return the services of a row: those asked for with their answers, the commonest that are there, how many more;
 * where nothing is known of any, that is said.
 * @param {Record<string, string>} services code -> yes, no or unknown
 * @param {string[]} needs
 * @returns {{look: string, text: string}[]}
 */
export function chips(services, needs) {
  const label = (/** @type {string} */ code) => settings.labels.services[code];
  const told = ORDERED.filter((code) => needs.includes(code)).map((code) => {
    if (services[code] === "yes") return { look: "need", text: label(code) };
    if (services[code] === "no") return { look: "no", text: label(code) };
    return { look: "unknown", text: tell("{service}?", { service: label(code) }) };
  });
  const rest = ORDERED.filter((code) => services[code] === "yes" && !needs.includes(code));
  const room = Math.max(0, CHIPS_SHOWN - told.length);
  told.push(...rest.slice(0, room).map((code) => ({ look: "has", text: label(code) })));
  if (rest.length > room) told.push({ look: "more", text: `+${rest.length - room}` });
  const known = Object.values(services).some((answer) => answer === "yes" || answer === "no");
  if (!needs.length && !known) told.push({ look: "unknown", text: tell("Services unknown") });
  return told;
}

/**
 * Return the services that a text may mean, by their labels: a whole one, or four bytes or more of one.
 * @param {string} text
 * @returns {string[]} codes
 */
export function meant(text) {
  const sought = text.trim().toLowerCase();
  const long = new TextEncoder().encode(sought).length > 3;
  const label = (/** @type {string} */ code) => settings.labels.services[code].toLowerCase();
  return ORDERED.filter((code) => label(code) === sought || (long && label(code).includes(sought))).slice(0, MEANT);
}

/**
 * Return how one gets in: floor, access modes, members only.
 * @param {import("./settings.js").Properties} place
 * @returns {string}
 */
export function entry(place) {
  const ways = (place.access || []).map((code) => settings.labels.access[code]);
  const members = place.members_only === "yes" ? tell("Members only") : "";
  return [place.floor, ...ways, members].filter(Boolean).join(" · ");
}

/**
 * Return one row of the list.
 * @param {import("./settings.js").Properties} place
 * @param {{number: number, at: string, needs: string[], shape: string}} how number and shape: of its pin on the map too;
 *   at: the instant the answer is for
 * @returns {HTMLElement}
 */
export function row(place, { number, at, needs, shape }) {
  const made = emptyRow();
  made.dataset.id = place.id;
  shaped(/** @type {HTMLElement} */ (made.querySelector(".mark")), shape);
  slot(made, "number", String(number));
  slot(made, "name", place.name)?.setAttribute("href", settings.station + encodeURIComponent(place.id));
  slot(made, "fictional", place.fictional ? tell("fictional") : "");
  const words = slot(made, "state", place.state_words);
  if (words) words.className = `state state--${look(place, at)}`;
  slot(made, "wait", waitWords(place));
  slot(made, "reason", place.reason || "");
  slot(made, "entry", entry(place));
  slot(made, "seen", seen(place, at));
  slot(made, "address", place.address || "");
  const far = place.distance_m > FAR_M;
  slot(made, "minutes", far ? metresWords(place.distance_m) : minutesWords(place.minutes));
  slot(made, "metres", far ? "" : metresWords(place.distance_m));
  slot(made, "go")?.setAttribute("href", place.links.amap);
  fillChips(made, chips(place.services, needs));
  return made;
}

/**
 * Bring a row that is shown up to date from one just made, in place: its links stay, and with them the focus.
 * @param {HTMLElement} shown
 * @param {HTMLElement} made
 */
export function renew(shown, made) {
  const part = (/** @type {HTMLElement} */ row, /** @type {string} */ selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
  part(shown, ".mark").replaceWith(part(made, ".mark"));
  part(shown, ".row__way p").replaceWith(part(made, ".row__way p"));
  part(shown, ".go").setAttribute("href", part(made, ".go").getAttribute("href") || "");
  const [old, fresh] = [part(shown, ".row__what"), part(made, ".row__what")];
  while (old.lastElementChild && old.lastElementChild !== old.firstElementChild) old.lastElementChild.remove();
  while (fresh.children.length > 1) old.appendChild(fresh.children[1]);
}

/**
 * Put a text into a slot of a row; an empty text takes the slot away.
 * @param {HTMLElement} made
 * @param {string} name
 * @param {string} [text]
 * @returns {HTMLElement | null} the slot that is left
 */
function slot(made, name, text) {
  const found = /** @type {HTMLElement | null} */ (made.querySelector(`[data-slot="${name}"]`));
  if (text === undefined || !found) return found;
  if (text === "") {
    found.remove();
    return null;
  }
  found.textContent = text;
  return found;
}

/**
 * Give a mark the shape and colour of a state.
 * @param {HTMLElement} mark
 * @param {string} shape
 * @returns {HTMLElement} the mark
 */
export function shaped(mark, shape) {
  mark.className = `mark mark--${shape}`;
  mark.querySelector("use")?.setAttribute("href", `#mark-${shape}`);
  return mark;
}

/** @returns {HTMLElement} a row as the server made it, its slots empty */
export function emptyRow() {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("row"));
  return /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
}

/**
 * @param {HTMLElement} made
 * @param {{look: string, text: string}[]} told
 */
function fillChips(made, told) {
  const list = slot(made, "chips");
  for (const chip of told) {
    const item = document.createElement("li");
    item.className = `has__${chip.look}`;
    item.textContent = chip.text;
    list?.appendChild(item);
  }
  if (!told.length) list?.remove();
}

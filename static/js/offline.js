// Stands in for any page while there is no line: a station as this phone has kept it, with what can be said of it.

import { offerCopies } from "./copying.js";
import { install } from "./install.js";
import { ageWords } from "./offline/age.js";
import { facts, whyOf } from "./offline/answer.js";
import { compared, present } from "./offline/clock.js";
import { localDate, offersOf } from "./offline/judge.js";
import { awaitLine } from "./offline/line.js";
import { navigation } from "./offline/links.js";
import { standing } from "./offline/schedule.js";
import { stateWords } from "./offline/sentences.js";
import { kept } from "./offline/stock.js";
import { week } from "./offline/week.js";
import { send } from "./outbox.js";
import { settings } from "./settings.js";
import { toGcj02 } from "./shift.js";
import { shrunk } from "./shrink.js";
import { offerSunlight } from "./sunlight.js";
import { askWhich } from "./which.js";
import { look, tell } from "./words.js";

const ANSWERS = ["no", "yes", "unknown"];
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const stale = byId("stale");

async function show() {
  const id = stationId();
  const stock = id ? await kept() : null;
  if (!stock) {
    stale.textContent = tell("This page needs a connection. The list of stations works without one.");
    return;
  }
  const { bundle, checkedMs } = stock;
  const now = present(await compared());
  const i = bundle.packed.stations.id.indexOf(id);
  const missing = i < 0 ? tell("This station is not among those kept on this phone. Connect to see it.") : "";
  stale.textContent = [ageWords(checkedMs, now), missing].filter(Boolean).join(" ");
  if (i >= 0) fill(bundle, i, (now.ms - bundle.baseMs) / 60000);
}

/** @returns {string} the id in the address, "" on a page of no station */
function stationId() {
  const found = /^\/stations\/([^/]+)\/?(say|thanks)?$/.exec(window.location.pathname);
  try {
    return found ? decodeURIComponent(found[1]) : "";
  } catch {
    return "";
  }
}

/**
 * @param {import("./offline/bundle.js").Bundle} bundle
 * @param {number} i the station
 * @param {number} at minutes after the base
 */
function fill(bundle, i, at) {
  const known = facts(bundle, i);
  const schedule = bundle.schedules[bundle.packed.stations.schedule[i]];
  const now = standing(schedule, at);
  const until = now.until === null ? null : new Date(bundle.baseMs + now.until * 60000).toISOString();
  const shape = look(
    /** @type {any} */ ({ state: now.state, until, on_arrival: "" }),
    new Date(bundle.baseMs + at * 60000).toISOString(),
  );
  document.title = known.name;
  slot("name", known.name);
  byId("fiction").hidden = !known.fictional;
  if (!known.fictional) byId("fictional").remove();
  slot("kinds", known.kinds.map((code) => settings.labels.kinds?.[code] || code).join(" · "));
  slot("state", stateWords(bundle, schedule.zone, now, "", at)).className = `state state--${shape}`;
  const mark = slot("mark");
  mark.className = `mark mark--${shape}`;
  mark.querySelector("use")?.setAttribute("href", `#mark-${shape}`);
  slot("reason", (now.state === "unknown" && whyOf(bundle, i, at)) || "");
  slot("address", known.address);
  slot("copied-name", known.name); // after it: the line stands also where there is no address
  slot("gcj02", copied(...toGcj02(bundle.lon[i], bundle.lat[i])));
  slot("wgs84", copied(bundle.lon[i], bundle.lat[i]));
  slot("floor", known.floor);
  slot("access", [...known.access.map((code) => settings.labels.access[code] || code), known.members_only === "yes" ? tell("Members only") : ""].filter(Boolean).join(" · "));
  slot("hours", known.hours_text);
  slot("confirmed", known.confirmed_on);
  const links = navigation(bundle.lon[i], bundle.lat[i], known.name, "walk");
  for (const way of document.querySelectorAll("[data-way]")) way.setAttribute("href", links[way.getAttribute("data-way") || ""]);
  fillWeek(week(bundle, schedule, at));
  const offers = offersOf(bundle, i);
  fillServices(offers, localDate(bundle, schedule.zone, at));
  offerListed(offers.filter(({ had }) => ANSWERS[had] === "yes").map(({ code }) => code));
  byId("kept").hidden = false;
  byId("site").hidden = true; // one first heading a page
  saying(known.id);
}

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {string} as the station's own page gives them to be copied
 */
function copied(lon, lat) {
  return `${lon.toFixed(6)},${lat.toFixed(6)}`;
}

/**
 * Put a text into a slot; an empty one takes the line away that holds it.
 * @param {string} name
 * @param {string} [text]
 * @returns {HTMLElement}
 */
function slot(name, text) {
  const found = /** @type {HTMLElement} */ (document.querySelector(`[data-slot="${name}"]`));
  if (text === undefined) return found;
  found.textContent = text;
  const line = /** @type {HTMLElement | null} */ (found.closest("dl > div")) || found;
  line.hidden = !text;
  return found;
}

/** @param {import("./offline/week.js").Day[]} days */
function fillWeek(days) {
  for (const { name, text, look: how, today } of days) {
    const row = document.createElement("tr");
    if (today) row.className = "today";
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = today ? `${name} ${tell("today")}` : name;
    const told = document.createElement("td");
    told.className = `is-${how}`;
    told.textContent = text;
    row.append(head, told);
    byId("week").appendChild(row);
  }
}

/**
 * @param {import("./offline/judge.js").Offer[]} offers
 * @param {string} today ISO date of the place
 */
function fillServices(offers, today) {
  const words = { yes: tell("available"), no: tell("not available"), unknown: tell("not known") };
  const sorted = [...offers].sort((a, b) => (a.had === b.had ? 0 : a.had === 1 ? -1 : b.had === 1 ? 1 : b.had - a.had));
  for (const { code, had, outage, nearbyM } of sorted) {
    const answer = /** @type {"yes" | "no" | "unknown"} */ (ANSWERS[had]);
    const out = outage >= today && outage ? tell("out of order until {date}", { date: outage }) : "";
    const near = nearbyM === null ? "" : tell("nearby, {metres} m", { metres: Math.round(nearbyM) });
    const item = document.createElement("li");
    item.className = `service service--${answer}${out ? " service--out" : ""}`;
    item.textContent = [settings.labels.services[code] || code, out || words[answer], near].filter(Boolean).join(" · ");
    byId("services").appendChild(item);
  }
}

/**
 * Let the services of the station stand first among those to choose from.
 * @param {string[]} codes
 */
function offerListed(codes) {
  const listed = byId("listed");
  for (const option of byId("others").querySelectorAll("option")) if (codes.includes(option.value)) listed.appendChild(option);
  if (!listed.childElementCount) listed.remove();
}

/** @param {string} id of the station */
function saying(id) {
  const form = /** @type {HTMLFormElement} */ (byId("say"));
  askWhich(form);
  const wrong = byId("wrong");
  wrong.addEventListener("click", () => {
    form.hidden = !form.hidden;
    wrong.setAttribute("aria-expanded", String(!form.hidden));
  });
  byId("right").addEventListener("click", () => say("confirmation", id, {}));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sayWrong(form, id);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} id of the station
 */
async function sayWrong(form, id) {
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const given = new FormData(form);
  const photo = given.get("photo");
  /** @type {Record<string, string | Blob>} */
  const body = { kind: String(given.get("kind")), text: String(given.get("text") || "").trim() };
  if (body.kind === "service") body.service = String(given.get("service"));
  if (photo instanceof File && photo.size > 0) body.photo = await shrunk(photo);
  await say("report", id, body);
  form.removeAttribute("aria-busy");
}

/**
 * @param {import("./outbox.js").Kind} kind
 * @param {string} id
 * @param {Record<string, string | Blob>} body
 */
async function say(kind, id, body) {
  const told = byId("said-told");
  try {
    const how = await send(kind, id, body);
    told.textContent = how === "sent" ? tell("Sent. Thank you.") : tell("Kept on this phone: it is sent when you are connected again.");
    byId("said-ways").hidden = byId("say").hidden = true;
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : "";
    told.textContent = reason || tell("No connection, and this phone keeps nothing that could be sent later. Try again when you are connected.");
  }
}

let leaving = false;

/** Open the page itself once the server is reached; what is being written, or another page just opened, is not lost by it. */
function goOn() {
  if (leaving) awaitLine(goOn); // a link into a map app leaves the page standing
  else if (byId("say").hidden) window.location.reload();
  else stale.textContent = tell("Connected again. Send what you write here, then load the page anew.");
  leaving = false;
}

byId("again").addEventListener("click", () => window.location.reload());
window.addEventListener("beforeunload", () => (leaving = true));
awaitLine(goOn);
offerCopies();
offerSunlight();
install();
show();

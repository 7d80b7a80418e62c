// Stands in for any page while there is no line: a station as this phone has kept it, with what can be said of it.

import { install } from "./install.js";
import { ageWords } from "./offline/age.js";
import { facts, whyOf } from "./offline/answer.js";
import { compared, present } from "./offline/clock.js";
import { localDate, offersOf } from "./offline/judge.js";
import { navigation } from "./offline/links.js";
import { standing } from "./offline/schedule.js";
import { stateWords } from "./offline/sentences.js";
import { kept } from "./offline/stock.js";
import { week } from "./offline/week.js";
import { send } from "./outbox.js";
import { settings } from "./settings.js";
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
  stale.textContent = ageWords(checkedMs, now);
  if (i < 0) stale.textContent += ` ${tell("This station is not among those kept on this phone. Connect to see it.")}`;
  else fill(bundle, i, (now.ms - bundle.baseMs) / 60000);
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
  slot("kinds", known.kinds.map((code) => settings.labels.kinds?.[code] || code).join(" · "));
  slot("state", stateWords(bundle, schedule.zone, now, "", at)).className = `state state--${shape}`;
  const mark = slot("mark");
  mark.className = `mark mark--${shape}`;
  mark.querySelector("use")?.setAttribute("href", `#mark-${shape}`);
  slot("reason", (now.state === "unknown" && whyOf(bundle, i, at)) || "");
  slot("address", known.address);
  slot("floor", known.floor);
  slot("access", [...known.access.map((code) => settings.labels.access[code] || code), known.members_only === "yes" ? tell("Members only") : ""].filter(Boolean).join(" · "));
  slot("hours", known.hours_text);
  slot("confirmed", known.confirmed_on);
  const links = navigation(bundle.lon[i], bundle.lat[i], known.name, "walk");
  for (const way of document.querySelectorAll("[data-way]")) way.setAttribute("href", links[way.getAttribute("data-way") || ""]);
  fillWeek(week(bundle, schedule, at));
  fillServices(offersOf(bundle, i), localDate(bundle, schedule.zone, at));
  byId("kept").hidden = false;
  byId("site").hidden = true; // one first heading a page
  saying(known.id);
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

/** @param {string} id of the station */
function saying(id) {
  const form = /** @type {HTMLFormElement} */ (byId("say"));
  const wrong = byId("wrong");
  wrong.addEventListener("click", () => {
    form.hidden = !form.hidden;
    wrong.setAttribute("aria-expanded", String(!form.hidden));
  });
  byId("right").addEventListener("click", () => say("confirmation", id, {}));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(form);
    say("report", id, { kind: String(given.get("kind")), text: String(given.get("text") || "").trim() });
  });
}

/**
 * @param {import("./outbox.js").Kind} kind
 * @param {string} id
 * @param {Record<string, string>} body
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

/** Open the page itself once the server is really reached: that the phone has found a net says little. */
async function reloadIfReached() {
  const reached = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (reached) window.location.reload();
}

byId("again").addEventListener("click", () => window.location.reload());
window.addEventListener("online", reloadIfReached);
install();
show();

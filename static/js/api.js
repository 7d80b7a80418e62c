// Asks the server, and what is kept on this phone where the server cannot be reached. The position goes in the body of a
// POST, never into an address.

import { heed } from "./offline/clock.js";
import { awaitLine, lineIsBack } from "./offline/line.js";
import { settings } from "./settings.js";
import { tell } from "./words.js";

const PATIENCE_MS = 20000;
const WITH_STOCK_MS = 3000;
const WHILE_LOST_MS = 300;
const LOST_FOR_MS = 30000;
const LATE_MS = 10000;
const KEEP_AFTER_MS = 1500;

/**
 * @typedef {object} Question
 * @property {number | string} lon
 * @property {number | string} lat
 * @property {string} datum
 * @property {string[]} need
 * @property {string[]} kind
 * @property {string} [open] arrival (when left out), now or any
 * @property {string} [at] when he sets out: ISO 8601, the place's local time; "" or left out: now
 * @property {string} mode
 * @property {number} k
 */

/** @typedef {{kind: string, id: string, name: string, detail: string, lon: number | null, lat: number | null}} PlaceHit */
/** @typedef {import("./settings.js").Collection} Collection */

/** @typedef {{body: any, heard: number}} Late an answer that came after the phone's own */
/** @type {Map<string, Late>} */
const late = new Map();
let lostAt = -LOST_FOR_MS;
let keeping = false;

class Unreached extends Error {}

/**
 * Return the nearest stations: as the server has them, or as this phone has kept them where the server cannot be reached
 * or takes long; then the answer says so under `offline`. Comes the server's answer late, or the line back, the window
 * is told by an event `fresher`: the same question then gets the server's answer.
 * @param {Question} question
 * @param {AbortSignal} signal
 * @returns {Promise<Collection>} rejected with an Error whose message is a sentence for the reader, or an AbortError when
 *   a later question overtook this one
 */
export async function nearest(question, signal) {
  const key = JSON.stringify(question);
  const heard = late.get(key);
  if (heard && performance.now() - heard.heard < LATE_MS) return heard.body;
  const online = asked(settings.nearest, question, signal);
  const answer = await orKept(online, signal, (stock) => stock.answer(question), key);
  if (!answer.offline) {
    lineIsBack();
    keepSoon(answer.query);
  }
  window.setTimeout(() => window.dispatchEvent(new Event("answered")), 0); // when the page has shown it
  return answer;
}

/**
 * Return places by name: of the server, else of what is kept.
 * @param {string} text
 * @param {{lon: number, lat: number} | null} here WGS 84
 * @param {AbortSignal} signal
 * @returns {Promise<PlaceHit[]>} rejected as `nearest` is
 */
export async function places(text, here, signal) {
  const online = asked("/api/v1/places", here ? { q: text, ...here } : { q: text }, signal).then(hits);
  return orKept(online, signal, (stock) => stock.places(text, here), "");
}

/**
 * @param {any} body
 * @returns {PlaceHit[]}
 */
function hits({ features = [], complete = true }) {
  if (!features.length && !complete) throw new Error(tell("The names of places are just being read. Try again in a moment."));
  return features.map((/** @type {any} */ { geometry, properties: { kind, id, name, detail } }) => {
    const [lon, lat] = geometry ? geometry.coordinates : [null, null];
    return { kind, id, name, detail, lon, lat };
  });
}

/**
 * @template T
 * @param {Promise<T>} online
 * @param {AbortSignal} signal
 * @param {(stock: typeof import("./offline/fallback.js")) => Promise<T | null>} ask what is kept; null: nothing is
 * @param {string} key of the question, "" when a late answer is of no use
 * @returns {Promise<T>}
 */
async function orKept(online, signal, ask, key) {
  try {
    return await Promise.race([online, patience(online)]);
  } catch (fault) {
    if (signal.aborted || !(fault instanceof Unreached)) throw fault;
    const stock = await import("./offline/fallback.js").catch(() => null);
    const kept = stock && ask(stock);
    const answer = kept ? await kept.catch((told) => online.catch(() => Promise.reject(told))) : null;
    if (!answer) return online.catch(unheard);
    lostAt = performance.now();
    awaitLine(reached);
    if (key) online.then((body) => overtaken(key, body)).catch(() => undefined);
    return answer;
  }
}

/**
 * @param {unknown} fault
 * @returns {never}
 */
function unheard(fault) {
  if (fault instanceof Unreached) awaitLine(reached);
  throw fault;
}

/**
 * @param {string} key
 * @param {unknown} body
 */
function overtaken(key, body) {
  late.clear();
  late.set(key, { body, heard: performance.now() });
  reached();
}

/** The server answers again: what is shown of this phone's own can be had from it. */
function reached() {
  lineIsBack();
  lostAt = -LOST_FOR_MS;
  window.dispatchEvent(new Event("fresher"));
}

/**
 * @param {Promise<unknown>} online
 * @returns {Promise<never>} rejected when what is kept will do better than to wait; nothing is, in a first visit
 */
function patience(online) {
  const ready = navigator.serviceWorker && navigator.serviceWorker.controller;
  const lost = performance.now() - lostAt < LOST_FOR_MS;
  const wait = !ready ? PATIENCE_MS : lost ? WHILE_LOST_MS : WITH_STOCK_MS;
  return new Promise((_, failed) => {
    const timer = window.setTimeout(() => failed(new Unreached(noConnection())), wait);
    online.finally(() => window.clearTimeout(timer)).catch(() => undefined);
  });
}

/** @returns {string} */
function noConnection() {
  return tell("No connection. What you see may be old; try again.");
}

/**
 * @param {string} address
 * @param {object} question
 * @param {AbortSignal} signal
 * @returns {Promise<any>} the answer; Unreached when there was none that could be read
 */
async function asked(address, question, signal) {
  const sentMs = Date.now();
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...question, lang: settings.language }),
    referrerPolicy: /** @type {const} */ ("no-referrer"),
    cache: /** @type {const} */ ("no-store"),
    signal,
  };
  const answer = fetch(address, request).then(async (response) => ({ response, body: await response.json().catch(() => null) }));
  const { response, body } = await Promise.race([answer, tooLate()]).catch((fault) => {
    throw signal.aborted ? fault : new Unreached(noConnection());
  });
  heed(response, sentMs);
  if (response.ok && body) return body;
  const told = (body && body.detail) || tell("The server does not answer as it should. Try again in a minute.");
  throw response.status >= 500 ? new Unreached(told) : new Error(told);
}

/** @returns {Promise<never>} rejected when nobody on a street would wait longer */
function tooLate() {
  return new Promise((_, failed) => window.setTimeout(() => failed(new Error("too late")), PATIENCE_MS));
}

/**
 * Have the stations around kept for a lost line, when the page has come to rest.
 * @param {[number, number]} place lon, lat, WGS 84
 */
function keepSoon(place) {
  if (keeping) return;
  keeping = true;
  window.setTimeout(async () => {
    keeping = false;
    const stock = await import("./offline/fallback.js").catch(() => null);
    if (stock) stock.keepAround(place);
  }, KEEP_AFTER_MS);
}

/**
 * Return a file of the base map.
 * @param {string} address
 * @returns {Promise<import("geojson").FeatureCollection>}
 */
export async function layer(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

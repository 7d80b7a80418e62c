// The stations around, kept on this phone: fetched in the background by a place rounded to a tenth of a degree (some ten
// kilometres), so that not even our own server learns more than it must; renewed now and then; read when the line is lost.

import { FORMAT, unpack } from "./bundle.js";
import { compared, heed, present } from "./clock.js";
import { load, save } from "./store.js";

const ADDRESS = "/api/v1/bundle";
const KEY = "bundle";
const EVERY_MS = 15 * 60000;
const PATIENCE_MS = 120000;
const AFTER_FAULT_MS = 5 * 60000;

/**
 * @typedef {object} Kept
 * @property {string} text the bundle as it came
 * @property {string} tag by which the server knows it again
 * @property {number} checkedMs when the server last said that it is good, by the server's clock
 * @property {string} place the cell it was asked for
 */

/** @typedef {{bundle: import("./bundle.js").Bundle, checkedMs: number}} Stock */

/** @type {Promise<Stock | null> | null} */
let stock = null;
let busy = false;
let failedAt = -AFTER_FAULT_MS;

/** @returns {Promise<Stock | null>} what is kept, null when there is nothing that can be used */
export function kept() {
  stock = stock || read();
  return stock;
}

/** @returns {Promise<Stock | null>} */
async function read() {
  try {
    /** @type {Kept | undefined} */
    const found = await load(KEY);
    return found ? opened(found) : null;
  } catch {
    return null; // storage refused or broken: there is no stock
  }
}

/**
 * @param {Kept} found
 * @returns {Stock | null}
 */
function opened({ text, checkedMs }) {
  const packed = JSON.parse(text);
  return packed.format === FORMAT ? { bundle: unpack(packed), checkedMs } : null;
}

/**
 * @param {number} degrees
 * @returns {number}
 */
function coarse(degrees) {
  return Math.round(degrees * 10) / 10;
}

/**
 * See that the stations around a place are kept and not old. Nothing is fetched while data is to be saved.
 * @param {[number, number]} place lon, lat, WGS 84
 * @returns {Promise<void>}
 */
export async function keepAround([lon, lat]) {
  const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator);
  const failed = performance.now() - failedAt < AFTER_FAULT_MS;
  if (busy || failed || (connection && connection.saveData)) return;
  busy = true;
  try {
    /** @type {Kept | undefined} */
    const last = await load(KEY);
    const place = `${coarse(lon)},${coarse(lat)}`;
    const { ms } = present(await compared());
    if (last && last.place === place && Math.abs(ms - last.checkedMs) < EVERY_MS) return;
    await renew(place, last && last.place === place ? last : undefined);
  } catch {
    failedAt = performance.now(); // refused storage, a full disk, a lost line: what was kept is still there
  } finally {
    busy = false;
  }
}

/**
 * @param {string} place
 * @param {Kept} [last]
 */
async function renew(place, last) {
  const [lon, lat] = place.split(",").map(Number);
  const sentMs = Date.now();
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const response = await fetch(ADDRESS, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(last ? { lon, lat, have: last.tag } : { lon, lat }),
    referrerPolicy: "no-referrer",
    cache: "no-store",
    signal: patience.signal,
  });
  heed(response, sentMs);
  if (!response.ok) throw new Error(String(response.status));
  const text = response.status === 204 && last ? last.text : await response.text();
  clearTimeout(timer);
  const tag = response.headers.get("ETag") || "";
  const { ms } = present(await compared());
  const found = { text, tag, checkedMs: ms, place };
  const read = opened(found);
  if (!read) return;
  await save(KEY, found);
  stock = Promise.resolve(read);
}

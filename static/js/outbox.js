// What workers say goes to the server, now or when there is a line again: kept on this phone until the server has it. A
// token made here names each, so that what is sent twice counts once, also from two tabs and the service worker.

import { compared, heed, present } from "./offline/clock.js";
import { drop, put, waiting } from "./offline/store.js";

const PATIENCE_MS = 20000;
const WITH_PHOTO_MS = 120000;
const LATER = [408, 425, 429];
const PATHS = { report: "reports", confirmation: "confirmations" };

/** @typedef {"report" | "confirmation"} Kind */

/**
 * @typedef {object} Letter
 * @property {string} token
 * @property {Kind} kind
 * @property {string} station
 * @property {Record<string, string | Blob>} body
 * @property {number} madeMs by the server's clock, as far as it is known
 * @property {string} [refused] what the server said when it would not take it
 */

/**
 * Say something of a station.
 * @param {Kind} kind
 * @param {string} stationId
 * @param {Record<string, string | Blob>} body fields of the API; a photo is a Blob, a token of the form's own is kept
 * @param {(answer: any) => void} [heard] gets what the server answers when it is sent at once
 * @returns {Promise<"sent" | "kept">} kept: it is sent when there is a line again. Rejected with an Error whose message is
 *   the server's own, "" when it said nothing, where it will not take it or it could be neither sent nor kept
 */
export async function send(kind, stationId, body, heard = () => {}) {
  const { ms } = present(await compared());
  /** @type {Letter} */
  const letter = { token: typeof body.token === "string" ? body.token : token(), kind, station: stationId, body, madeMs: ms };
  const kept = await put(letter).then(() => true, () => false);
  const answer = await post(letter, false);
  if (answer.done && kept) await drop(letter.token).catch(() => undefined);
  if (answer.done && answer.refused === undefined) {
    heard(answer.told);
    return "sent";
  }
  if (answer.done || !kept) throw new Error(answer.refused || "");
  askForSync();
  return "kept";
}

/** @returns {string} */
function token() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @type {Promise<number> | null} */
let delivering = null;

/**
 * Send what was kept. Of what the server refuses for good the reason is kept until it was told (`refusals`).
 * @returns {Promise<number>} how many were taken; rejected while something is still to be sent
 */
export function deliver() {
  delivering = delivering || alone(all).finally(() => (delivering = null));
  return delivering;
}

/**
 * @param {() => Promise<number>} work
 * @returns {Promise<number>}
 */
function alone(work) {
  const { locks } = /** @type {{locks?: {request: (name: string, work: () => Promise<number>) => Promise<number>}}} */ (
    /** @type {unknown} */ (navigator)
  );
  return locks ? locks.request("stationmap.outbox", work) : work(); // without locks the token sees to it
}

/** @returns {Promise<number>} */
async function all() {
  let taken = 0;
  /** @type {Letter[]} */
  const letters = await waiting();
  for (const letter of letters.filter(({ refused }) => refused === undefined).sort((a, b) => a.madeMs - b.madeMs)) {
    const { done, refused } = await post(letter, true);
    if (!done) throw new Error("not sent");
    if (refused === undefined) await drop(letter.token);
    else await put({ ...letter, body: {}, refused });
    taken += refused === undefined ? 1 : 0;
  }
  return taken;
}

/**
 * @param {Letter} letter
 * @param {boolean} later whether it was said some time ago
 * @returns {Promise<{done: boolean, refused?: string, told?: any}>}
 */
async function post({ token: name, kind, station, body, madeMs }, later) {
  const patience = new AbortController();
  const photo = Object.values(body).some((value) => value instanceof Blob);
  const timer = setTimeout(() => patience.abort(), photo ? WITH_PHOTO_MS : PATIENCE_MS);
  const fields = { ...body, token: name, ...(later ? { observed_at: new Date(madeMs).toISOString() } : {}) };
  const sentMs = Date.now();
  try {
    const response = await fetch(`/api/v1/stations/${encodeURIComponent(station)}/${PATHS[kind]}`, {
      method: "POST",
      ...(photo ? { body: form(fields) } : { body: JSON.stringify(fields), headers: { "Content-Type": "application/json" } }),
      referrerPolicy: "no-referrer",
      cache: "no-store",
      signal: patience.signal,
    });
    heed(response, sentMs);
    const told = await response.json().catch(() => null);
    if (response.ok) return { done: true, told };
    if (response.status >= 500 || LATER.includes(response.status) || !told) return { done: false };
    return { done: true, refused: told.detail || "" };
  } catch {
    return { done: false };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Record<string, string | Blob>} fields
 * @returns {FormData}
 */
function form(fields) {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  return made;
}

/** Have the browser wake the service worker when there is a line, where it can. */
async function askForSync() {
  try {
    const registration = /** @type {any} */ (await navigator.serviceWorker.ready);
    await registration.sync.register("outbox");
  } catch {
    // pages send it when they are next open
  }
}

/**
 * Return what the server refused, once: it is forgotten then.
 * @returns {Promise<string[]>} the server's reasons
 */
export async function refusals() {
  /** @type {Letter[]} */
  const letters = (await waiting()).filter(({ refused }) => refused !== undefined);
  await Promise.all(letters.map((letter) => drop(letter.token)));
  return letters.map(({ refused }) => refused || "");
}

/** @returns {Promise<number>} how many are still to be sent */
export async function unsent() {
  return (await waiting()).filter(({ refused }) => refused === undefined).length;
}

// What time it is: the server's clock rules. How far the phone's is off is measured at every answer and remembered, so that
// a phone that is wrong by hours still opens and closes stations at the right time without a line.

import { load, save } from "./store.js";

const OFF_MS = 120000;
const SAVE_EVERY_MS = 60000;

/** @typedef {{offsetMs: number, serverMs: number}} Clock server minus phone, and the server's time when last heard of */

/** @type {Clock | null} */
let known = null;

/**
 * Take the server's time from an answer.
 * @param {Response} response
 * @param {number} sentMs the phone's time when it was asked
 */
export function heed(response, sentMs) {
  const serverMs = Date.parse(response.headers.get("Date") || "") + 500; // the header tells whole seconds
  if (Number.isNaN(serverMs)) return;
  const last = known ? known.serverMs : 0;
  known = { offsetMs: Math.round(serverMs - (sentMs + Date.now()) / 2), serverMs };
  if (Math.abs(serverMs - last) > SAVE_EVERY_MS) save("clock", known).catch(() => undefined);
}

/** @returns {Promise<Clock | null>} the clock as it was last compared, in this page or an earlier one */
export async function compared() {
  if (!known) known = (await load("clock").catch(() => null)) || null;
  return known;
}

/**
 * Return the present instant.
 * @param {Clock | null} clock
 * @returns {{ms: number, trusted: boolean, offMin: number}} ms: by the server's clock as far as it is known; trusted: that
 *   it does not lie before what the server last said; offMin: by how many minutes the phone was wrong, 0 when little
 */
export function present(clock) {
  if (!clock) return { ms: Date.now(), trusted: true, offMin: 0 };
  const off = Math.abs(clock.offsetMs) > OFF_MS;
  const ms = Date.now() + (off ? clock.offsetMs : 0);
  const trusted = ms > clock.serverMs - OFF_MS;
  return { ms: trusted ? ms : clock.serverMs, trusted, offMin: off ? Math.round(clock.offsetMs / 60000) : 0 };
}

// Asks the server. The position goes in the body of a POST, never into an address.

import { settings } from "./settings.js";
import { tell } from "./words.js";

const PATIENCE_MS = 20000;

/**
 * @typedef {object} Question
 * @property {number | string} lon
 * @property {number | string} lat
 * @property {string} datum
 * @property {string[]} need
 * @property {string[]} kind
 * @property {boolean} any
 * @property {string} mode
 * @property {number} k
 */

/**
 * Return the nearest stations.
 * @param {Question} question
 * @param {AbortSignal} signal
 * @returns {Promise<import("./settings.js").Collection>} rejected with an Error whose message is a sentence for the
 *   reader, or an AbortError when a later question overtook this one
 */
export async function nearest(question, signal) {
  let response;
  try {
    response = await Promise.race([send(question, signal), tooLate()]);
  } catch (fault) {
    if (signal.aborted) throw fault;
    throw new Error(tell("No connection. What you see may be old; try again."));
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new Error(body?.detail || tell("The server does not answer as it should. Try again in a minute."));
}

/**
 * @param {Question} question
 * @param {AbortSignal} signal
 * @returns {Promise<Response>}
 */
function send(question, signal) {
  return fetch(settings.nearest, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...question, lang: settings.language }),
    referrerPolicy: "no-referrer",
    cache: "no-store",
    signal,
  });
}

/** @returns {Promise<never>} rejected when nobody on a street would wait longer */
function tooLate() {
  return new Promise((_, failed) => window.setTimeout(() => failed(new Error("too late")), PATIENCE_MS));
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

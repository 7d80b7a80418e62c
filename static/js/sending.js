// Sends what a worker says of a station: at once where there is a line.

import { settings } from "./settings.js";
import { tell } from "./words.js";

const PATIENCE_MS = 60000;

/** No line, or one too poor: what was said is not at the server, and may be sent again. */
export class NoLine extends Error {}

/**
 * @param {"reports" | "confirmations"} what
 * @param {string} station its id
 * @param {Record<string, string | Blob>} fields
 * @returns {Promise<any>} what the server says of it; rejected with NoLine, or with an Error whose message is a sentence
 *   for the reader
 */
export async function post(what, station, fields) {
  let response;
  try {
    response = await Promise.race([request(what, station, fields), tooLate()]);
  } catch {
    throw new NoLine(tell("No connection. Nothing is lost: send it again when there is a line."));
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new Error(body?.detail || tell("The server does not answer as it should. Try again in a minute."));
}

/**
 * @param {string} what
 * @param {string} station
 * @param {Record<string, string | Blob>} fields
 * @returns {Promise<Response>}
 */
function request(what, station, fields) {
  const address = `/api/v1/stations/${encodeURIComponent(station)}/${what}`;
  const given = { ...fields, lang: settings.language };
  const photo = Object.values(fields).some((value) => value instanceof Blob);
  const usual = /** @type {RequestInit} */ ({ method: "POST", referrerPolicy: "no-referrer", cache: "no-store" });
  if (photo) return fetch(address, { ...usual, body: form(given) });
  const headers = { "Content-Type": "application/json" };
  return fetch(address, { ...usual, headers, body: JSON.stringify(given) });
}

/**
 * @param {Record<string, string | Blob>} fields
 * @returns {FormData}
 */
function form(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Blob) data.append(name, value, "photo.jpg");
    else data.append(name, value);
  }
  return data;
}

/** @returns {Promise<never>} rejected when nobody on a street would wait longer */
function tooLate() {
  return new Promise((_, failed) => window.setTimeout(() => failed(new Error("too late")), PATIENCE_MS));
}

/** @returns {string} a token that nobody else makes up */
export function newToken() {
  const bytes = window.crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

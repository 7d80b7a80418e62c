// Where the worker is: from the browser, from a tap, or typed. It stays in the memory of this page.

import { tell } from "./words.js";

/**
 * @typedef {object} Place
 * @property {number | string} lon in the datum
 * @property {number | string} lat in the datum
 * @property {string} datum
 * @property {number} [accuracy_m]
 * @property {string} [name] of a place that he chose by its name
 * @property {boolean} [area] whether it stands for a whole district by one place in its middle
 * @property {"browser" | "last"} [from] the browser's position, or the one that this phone remembers
 */

const PATIENCE_MS = 12000;
const FRESH_MS = 20000;
const NUMBERS = /^[-+]?\d+(\.\d+)?[\s,，、;；]+[-+]?\d+(\.\d+)?$/;

/**
 * Ask the browser where it is.
 * @returns {Promise<Place>} rejected with an Error whose message is a sentence for the reader
 */
export function locate() {
  return new Promise((found, failed) => {
    if (!navigator.geolocation || !window.isSecureContext) {
      failed(new Error(tell("Positions work only over https. Tap your place on the map, or write a street or an address.")));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      (position) => found(placeOf(position)),
      (fault) => failed(new Error(refusal(fault.code))),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
    );
  });
}

/**
 * @param {GeolocationPosition} position
 * @returns {Place}
 */
export function placeOf({ coords }) {
  return { lon: coords.longitude, lat: coords.latitude, datum: "wgs84", accuracy_m: coords.accuracy, from: "browser" };
}

/** @returns {Promise<boolean>} whether the browser tells its position without asking him */
export async function allowed() {
  try {
    const { state } = await navigator.permissions.query({ name: "geolocation" });
    return state === "granted" && window.isSecureContext;
  } catch {
    return false; // a browser that cannot say
  }
}

/**
 * @param {number} code of a GeolocationPositionError
 * @returns {string}
 */
function refusal(code) {
  if (code !== 1) {
    return tell("Your position could not be found. Try again outdoors, tap your place on the map, or write a street or an address.");
  }
  if (/MicroMessenger/i.test(navigator.userAgent)) {
    return tell("WeChat may not tell your position. Open this page in the phone's browser (⋯ at the top right), tap your place on the map, or write a street or an address.");
  }
  return tell("The browser may not tell your position. Allow it in the browser's settings, tap your place on the map, or write a street or an address.");
}

/**
 * @param {string} text
 * @returns {boolean} whether it was meant as coordinates
 */
export function isNumbers(text) {
  return NUMBERS.test(text.trim());
}

/**
 * Read typed coordinates: two numbers with a comma or a blank between. Whether they can be is for the server to say.
 * @param {string} text
 * @param {string} datum
 * @returns {Place}
 * @throws {Error} whose message is a sentence for the reader
 */
export function typed(text, datum) {
  const parts = text.split(/[\s,，、;；]+/).filter(Boolean);
  if (parts.length !== 2) {
    throw new Error(tell("Write longitude and latitude with a comma between, such as {example}.", { example: "113.665,34.752" }));
  }
  return { lon: parts[0], lat: parts[1], datum };
}

/**
 * Read a place as the server writes one: `113.665,34.752 郑州路`, WGS 84; a district `113.665,34.752,area 中原区`.
 * @param {string} text
 * @returns {Place | null}
 */
export function spot(text) {
  const [position, ...words] = text.split(" ");
  const [lon, lat] = position.split(",").map(Number);
  const area = position.endsWith(",area");
  return Number.isFinite(lon) && Number.isFinite(lat) ? { lon, lat, datum: "wgs84", name: words.join(" "), area } : null;
}

// Where the worker is: from the browser, from a tap, or typed. It stays in the memory of this page.

import { tell } from "./words.js";

/**
 * @typedef {object} Place
 * @property {number | string} lon in the datum
 * @property {number | string} lat in the datum
 * @property {string} datum
 * @property {number} [accuracy_m]
 */

const PATIENCE_MS = 12000;
const FRESH_MS = 20000;

/**
 * Ask the browser where it is.
 * @returns {Promise<Place>} rejected with an Error whose message is a sentence for the reader
 */
export function locate() {
  return new Promise((found, failed) => {
    if (!navigator.geolocation || !window.isSecureContext) {
      failed(new Error(tell("Positions work only over https. Tap your place on the map, or type coordinates.")));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        found({ lon: coords.longitude, lat: coords.latitude, datum: "wgs84", accuracy_m: coords.accuracy });
      },
      (fault) => failed(new Error(refusal(fault.code))),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
    );
  });
}

/**
 * @param {number} code of a GeolocationPositionError
 * @returns {string}
 */
function refusal(code) {
  if (code === 1) {
    return tell("The browser may not tell your position. Allow it in the browser's settings, tap your place on the map, or type coordinates.");
  }
  return tell("Your position could not be found. Try again outdoors, tap your place on the map, or type coordinates.");
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

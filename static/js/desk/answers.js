// Asks the server: one question at a time; of those that come meanwhile only the last is asked.

import { tell } from "../words.js";

/**
 * What the server says to a question.
 * @typedef {object} Told
 * @property {string} head the answer in a line, for people
 * @property {string} html the rest of it
 * @property {string} changes the list of changes
 * @property {string} title of the page
 * @property {string} reasons one digit a place: why it is not served, 0 where it is
 * @property {string | null} vs the same of what it is compared with
 * @property {string} stations one digit a station: whether it serves, or why not; 5 where a change takes it away
 * @property {Extra[]} extra stations that a change adds or moves
 * @property {{rank: number, lon: number, lat: number, bounds: [number, number, number, number]}[]} gaps
 * @property {number} revision
 * @property {string} places_at address of the places
 * @property {string} stations_at address of the stations
 * @property {string} [later] why there is no answer yet
 * @property {boolean} [wait] whether it comes by itself
 */

/** @typedef {{id: string, name: string, lon: number, lat: number, stands: number}} Extra */

export class Answers {
  /** @param {{show: (told: Told) => Promise<void>, fail: (fault: Error) => void}} hear */
  constructor(hear) {
    this.hear = hear;
    /** @type {URLSearchParams | null} */
    this.next = null;
    this.busy = false;
  }

  /** @param {URLSearchParams} question */
  async ask(question) {
    this.next = question;
    if (this.busy) return;
    this.busy = true;
    while (this.next) {
      const now = this.next;
      this.next = null;
      try {
        await this.hear.show(await asked(`/desk/api/answer?${now}`));
      } catch (fault) {
        this.hear.fail(fault instanceof Error ? fault : new Error(String(fault)));
      }
    }
    this.busy = false;
  }
}

/**
 * Return what an address of the desk says.
 * @param {string} address
 * @returns {Promise<any>} rejected with an Error whose message is a sentence for the reader
 */
export async function asked(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => {
    throw new Error(tell("No connection. What you see may be old; try again."));
  });
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new Error((body && body.detail) || tell("The server does not answer as it should. Try again in a minute."));
}

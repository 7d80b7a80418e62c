// Asks the server; of questions that follow one another only the last is answered.

import { tell } from "../words.js";

/**
 * What the server says to a question.
 * @typedef {object} Told
 * @property {string} html the answer for people
 * @property {string} title of the page
 * @property {string} reasons one digit a place: why it is not served, 0 where it is
 * @property {string} stations one digit a station: whether it serves, or why not
 * @property {{rank: number, lon: number, lat: number, bounds: [number, number, number, number]}[]} gaps
 * @property {number} revision
 * @property {string} demand checksum of the demand
 */

export class Answers {
  constructor() {
    this.question = new AbortController();
  }

  /**
   * @param {URLSearchParams} question
   * @returns {Promise<Told | null>} null when a later question overtook this one
   */
  async to(question) {
    this.question.abort();
    this.question = new AbortController();
    const { signal } = this.question;
    try {
      return await asked("/desk/api/answer", question, signal);
    } catch (fault) {
      if (signal.aborted) return null;
      throw fault;
    }
  }
}

/**
 * Return what an address of the desk says to a question.
 * @param {string} address
 * @param {URLSearchParams} question
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} rejected with an Error whose message is a sentence for the reader
 */
export async function asked(address, question, signal) {
  const response = await fetch(`${address}?${question}`, { signal, headers: { Accept: "application/json" } }).catch((fault) => {
    throw signal && signal.aborted ? fault : new Error(tell("No connection. What you see may be old; try again."));
  });
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new Error((body && body.detail) || tell("The server does not answer as it should. Try again in a minute."));
}

// What answers when the server does not: loaded only then, and when there is something to keep.

import { ageWords } from "./age.js";
import { answerFrom } from "./answer.js";
import { compared, present } from "./clock.js";
import { named } from "./names.js";
import { kept, keepAround } from "./stock.js";

export { keepAround };

/**
 * Answer a question from what is kept on this phone.
 * @param {import("../api.js").Question} question
 * @returns {Promise<import("../settings.js").Collection | null>} null when nothing is kept; rejected with an Error whose
 *   message is a sentence for the reader
 */
export async function answer(question) {
  const stock = await kept();
  if (!stock) return null;
  const { bundle, checkedMs } = stock;
  const now = present(await compared());
  const until = bundle.baseMs + bundle.packed.until_min * 60000;
  const offline = {
    built_at: new Date(checkedMs).toISOString(),
    until: new Date(until).toISOString(),
    words: ageWords(checkedMs, now),
  };
  return { ...answerFrom(bundle, question, now.ms), offline };
}

/**
 * Return what is kept by name: stations, by their address too, areas and streets.
 * @param {string} text
 * @param {{lon: number, lat: number} | null} here
 * @returns {Promise<import("../api.js").PlaceHit[] | null>}
 */
export async function places(text, here) {
  const stock = await kept();
  return stock && named(stock.bundle, text, here);
}

// Stations of the bundle by name or address, areas and streets by name, with no line: as it stands, by pinyin or by
// initials, begun anywhere.

import { arcM, geocentric } from "./distance.js";

const MOST = 10;
const LONGEST = 60;
const [IS, BEGINS, HOLDS] = [0, 1, 2];

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {import("../api.js").PlaceHit & {lon: number, lat: number}} Placed */

/**
 * @param {Bundle} bundle
 * @param {string} text
 * @param {{lon: number, lat: number} | null} here WGS 84
 * @returns {Placed[]} names before addresses, what is called so before what begins so and what holds it; then the nearer,
 *   stations before areas and streets, ties by id
 */
export function named(bundle, text, here) {
  const word = text.normalize("NFKC").toLowerCase().replace(/[\s'’]+/g, "").slice(0, LONGEST);
  if (!word) return [];
  const { id, name, address } = bundle.packed.stations;
  const spoken = spokenOf(bundle);
  /** @type {{hit: Placed, rank: number}[]} */
  const hits = [];
  id.forEach((each, i) => {
    const rank = Math.min(ranked(name[i], word, spoken), HOLDS + 1 + ranked(address[i], word, spoken));
    const [lon, lat] = [bundle.lon[i], bundle.lat[i]];
    if (rank < Infinity) hits.push({ hit: { kind: "station", id: each, name: name[i], detail: address[i], lon, lat }, rank });
  });
  for (const each of bundle.named) {
    const rank = ranked(each.name, word, spoken);
    if (rank < Infinity) hits.push({ hit: { id: "", ...each }, rank });
  }
  return inOrder(hits, here).slice(0, MOST);
}

/**
 * @param {{hit: Placed, rank: number}[]} hits
 * @param {{lon: number, lat: number} | null} here
 * @returns {Placed[]}
 */
function inOrder(hits, here) {
  const from = here && geocentric(here.lon, here.lat);
  const away = hits.map(({ hit, rank }, i) => ({ hit, rank, i, metres: from ? arcM(from, geocentric(hit.lon, hit.lat)) : 0 }));
  return away.sort((a, b) => a.rank - b.rank || a.metres - b.metres || a.i - b.i).map(({ hit }) => hit);
}

/**
 * @typedef {object} Spoken
 * @property {Map<string, string[]>} syllables character -> its readings
 * @property {Map<string, string>} plain text -> as it is compared
 */

/** @type {WeakMap<Bundle, Spoken>} */
const known = new WeakMap();

/**
 * @param {Bundle} bundle
 * @returns {Spoken}
 */
function spokenOf(bundle) {
  let spoken = known.get(bundle);
  if (!spoken) {
    spoken = { syllables: new Map(), plain: new Map() };
    for (const [syllable, characters] of Object.entries(bundle.packed.readings)) {
      for (const each of characters) spoken.syllables.set(each, [...(spoken.syllables.get(each) || []), syllable]);
    }
    known.set(bundle, spoken);
  }
  return spoken;
}

/**
 * @param {string} text
 * @param {string} word
 * @param {Spoken} spoken
 * @returns {number} whether the text is the word, begins with it or holds it; else infinity
 */
function ranked(text, word, { syllables, plain }) {
  let compared = plain.get(text);
  if (compared === undefined) {
    compared = text.normalize("NFKC").toLowerCase().replace(/\s/g, "");
    plain.set(text, compared);
  }
  const found = compared.indexOf(word);
  if (found >= 0) return found ? HOLDS : compared === word ? IS : BEGINS;
  if (!/[a-z]/.test(word)) return Infinity;
  for (let i = 0; i < compared.length; i++) if (takes(compared, i, word, 0, syllables)) return i ? HOLDS : BEGINS;
  return Infinity;
}

/**
 * @param {string} text
 * @param {number} at
 * @param {string} word
 * @param {number} from
 * @param {Map<string, string[]>} syllables
 * @returns {boolean} whether the text from here on can be read as the rest of the word, its last character begun at least
 */
function takes(text, at, word, from, syllables) {
  if (from >= word.length) return true;
  if (at >= text.length) return false;
  if (text[at] === word[from] && takes(text, at + 1, word, from + 1, syllables)) return true;
  for (const syllable of syllables.get(text[at]) || []) {
    if (syllable[0] !== word[from]) continue;
    if (syllable.startsWith(word.slice(from)) || takes(text, at + 1, word, from + 1, syllables)) return true;
    if (word.startsWith(syllable, from) && takes(text, at + 1, word, from + syllable.length, syllables)) return true;
    if (/^[zcs]h/.test(syllable) && word[from + 1] === "h" && takes(text, at + 1, word, from + 2, syllables)) return true;
  }
  return false;
}

// Stations of the bundle by name or address, with no line: as it stands, by pinyin or by initials, begun anywhere.

import { arcM, geocentric } from "./distance.js";

const MOST = 10;
const LONGEST = 60;

/** @typedef {import("./bundle.js").Bundle} Bundle */

/**
 * @param {Bundle} bundle
 * @param {string} text
 * @param {{lon: number, lat: number} | null} here WGS 84
 * @returns {import("../api.js").PlaceHit[]} names before addresses, what begins so before what holds it; then the nearer, ties by id
 */
export function named(bundle, text, here) {
  const word = text.normalize("NFKC").toLowerCase().replace(/[\s'’]+/g, "").slice(0, LONGEST);
  if (!word) return [];
  const { stations } = bundle.packed;
  const spoken = spokenOf(bundle);
  const from = here && geocentric(here.lon, here.lat);
  /** @type {{i: number, rank: number, metres: number}[]} */
  const hits = [];
  for (let i = 0; i < stations.id.length; i++) {
    const rank = Math.min(ranked(stations.name[i], word, spoken), 2 + ranked(stations.address[i], word, spoken));
    if (rank < Infinity) hits.push({ i, rank, metres: from ? arcM(from, bundle.places[i]) : 0 });
  }
  hits.sort((a, b) => a.rank - b.rank || a.metres - b.metres || a.i - b.i);
  return hits.slice(0, MOST).map(({ i }) => ({
    kind: "station",
    id: stations.id[i],
    name: stations.name[i],
    detail: stations.address[i],
    lon: bundle.lon[i],
    lat: bundle.lat[i],
  }));
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
 * @returns {number} 0 where the text begins with the word, 1 where it holds it, else infinity
 */
function ranked(text, word, { syllables, plain }) {
  let compared = plain.get(text);
  if (compared === undefined) {
    compared = text.normalize("NFKC").toLowerCase().replace(/\s/g, "");
    plain.set(text, compared);
  }
  const found = compared.indexOf(word);
  if (found >= 0) return found ? 1 : 0;
  if (!/[a-z]/.test(word)) return Infinity;
  for (let i = 0; i < compared.length; i++) if (takes(compared, i, word, 0, syllables)) return i ? 1 : 0;
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

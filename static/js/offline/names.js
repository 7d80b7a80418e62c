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
  const spoken = syllables(bundle);
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

/** @type {WeakMap<Bundle, Map<string, string[]>>} */
const known = new WeakMap();

/**
 * @param {Bundle} bundle
 * @returns {Map<string, string[]>} character -> its readings
 */
function syllables(bundle) {
  let spoken = known.get(bundle);
  if (!spoken) {
    spoken = new Map();
    for (const [syllable, characters] of Object.entries(bundle.packed.readings)) {
      for (const each of characters) spoken.set(each, [...(spoken.get(each) || []), syllable]);
    }
    known.set(bundle, spoken);
  }
  return spoken;
}

/**
 * @param {string} text
 * @param {string} word
 * @param {Map<string, string[]>} spoken
 * @returns {number} 0 where the text begins with the word, 1 where it holds it, else infinity
 */
function ranked(text, word, spoken) {
  const plain = text.normalize("NFKC").toLowerCase();
  const found = plain.replace(/\s/g, "").indexOf(word);
  if (found >= 0) return found ? 1 : 0;
  if (!/[a-z]/.test(word)) return Infinity;
  const characters = Array.from(plain);
  for (let i = 0; i < characters.length; i++) if (takes(characters, i, word, spoken)) return i ? 1 : 0;
  return Infinity;
}

/**
 * @param {string[]} characters
 * @param {number} at
 * @param {string} word
 * @param {Map<string, string[]>} spoken
 * @returns {boolean} whether the characters from here on can be read as the word, the last one begun at least
 */
function takes(characters, at, word, spoken) {
  if (!word) return true;
  if (at >= characters.length) return false;
  const character = characters[at];
  if (character === " ") return takes(characters, at + 1, word, spoken);
  if (word.startsWith(character) && takes(characters, at + 1, word.slice(character.length), spoken)) return true;
  return (spoken.get(character) || []).some((syllable) =>
    [syllable, syllable.slice(0, 2), syllable[0]].some(
      (part, i) =>
        (i !== 1 || /^(zh|ch|sh)$/.test(part)) && word.startsWith(part) && takes(characters, at + 1, word.slice(part.length), spoken),
    ) || syllable.startsWith(word),
  );
}

// The nearest set of stations that together meet all needs, as stationmap/finder/together.py: the sum of the distances is
// least; among equal sums the set of fewer stations; among these the one whose stations come first.

const MOST_NEEDS = 12;

/** @typedef {{total: number, rows: number[]}} Way micrometres, and rows ascending */

/**
 * @param {number[]} metres in the order of distance and id
 * @param {number[]} signatures which of the needs each has, as bits
 * @param {number} needs how many
 * @returns {number[]} the rows of the best set, in order; empty when all together lack something
 */
export function nearestSet(metres, signatures, needs) {
  const everything = (1 << needs) - 1;
  if (needs > MOST_NEEDS) return [];
  /** @type {(Way | undefined)[]} */
  const best = [{ total: 0, rows: [] }];
  const useful = usefulRows(signatures);
  for (let had = 0; had < everything; had++) {
    const begun = best[had];
    if (!begun) continue;
    const lowest = ~had & (had + 1);
    for (const row of useful) {
      if (!(signatures[row] & lowest)) continue;
      const rows = [...begun.rows, row].sort((a, b) => a - b);
      const way = { total: begun.total + Math.round(metres[row] * 1e6), rows };
      const now = had | signatures[row];
      const known = best[now];
      if (!known || before(way, known)) best[now] = way;
    }
  }
  return (best[everything] || { rows: [] }).rows;
}

/**
 * @param {Way} one
 * @param {Way} other
 * @returns {boolean}
 */
function before(one, other) {
  if (one.total !== other.total) return one.total < other.total;
  if (one.rows.length !== other.rows.length) return one.rows.length < other.rows.length;
  const differs = one.rows.findIndex((row, i) => row !== other.rows[i]);
  return differs >= 0 && one.rows[differs] < other.rows[differs];
}

/**
 * @param {number[]} signatures
 * @returns {number[]} the rows that may stand in the best set: none that one before it outdoes
 */
function usefulRows(signatures) {
  /** @type {number[]} */
  const useful = [];
  signatures.forEach((each, row) => {
    if (each && !useful.some((other) => (each | signatures[other]) === signatures[other])) useful.push(row);
  });
  return useful;
}

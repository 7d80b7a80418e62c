// What a worker meets at the door, and how a schedule stands: as stationmap/finder/arrival.py and hours/opening.py.

export const [CLOSED, CLOSING, UNKNOWN, OPENS_SOON, OPEN] = [0, 1, 2, 3, 4];
/** @type {("closed" | "closing" | "unknown" | "opens_soon" | "open")[]} */
export const DOORS = ["closed", "closing", "unknown", "opens_soon", "open"];
const HORIZON_MIN = 14 * 1440;

/** @typedef {import("./bundle.js").Schedule} Schedule */

/**
 * Judge an arrival.
 * @param {Schedule} schedule
 * @param {number} at minutes after the base
 * @param {number} marginMin how long it must stay open to be of use
 * @param {number} soonMin how long he waits for an opening
 * @returns {[number, number]} what he meets, and the wait where it opens soon, else 0
 */
export function met({ start, end, unknown }, at, marginMin, soonMin) {
  let openUntil = -Infinity;
  let opensAt = Infinity;
  let i = 0;
  while (end[i] <= at) i++;
  const first = i;
  const last = at + Math.max(marginMin, soonMin);
  for (; i < start.length && start[i] <= last; i++) {
    if (unknown[i]) continue;
    if (start[i] <= at) openUntil = end[i];
    else if (start[i] - at <= soonMin && end[i] - start[i] >= marginMin) opensAt = Math.min(opensAt, start[i]);
  }
  if (openUntil - at >= marginMin) return [OPEN, 0];
  if (opensAt < Infinity) return [OPENS_SOON, opensAt - at];
  const isOpen = openUntil > -Infinity;
  const doubt = at + (isOpen ? marginMin : soonMin);
  for (i = first; i < start.length && start[i] <= doubt; i++) if (unknown[i]) return [UNKNOWN, 0];
  return [isOpen ? CLOSING : CLOSED, 0];
}

/**
 * @typedef {object} Standing
 * @property {"open" | "closed" | "unknown"} state
 * @property {number | null} until minute at which it ends, null when that is not within 14 days or not kept
 * @property {number | null} opens minute of the next opening when it is not open
 */

/**
 * Return how a schedule stands at a minute after the base.
 * @param {Schedule} schedule
 * @param {number} minute
 * @returns {Standing}
 */
export function standing({ start, end, unknown }, minute) {
  const at = Math.floor(minute);
  const known = start.length - 1; // the last window is the time that is not kept
  let i = 0;
  while (end[i] <= at) i++;
  const inside = start[i] <= at;
  const state = !inside ? "closed" : unknown[i] ? "unknown" : "open";
  const last = at + HORIZON_MIN;
  const kept = (/** @type {number} */ each) => (each <= last && each < start[known] ? each : null);
  const until = i < known || !inside ? kept(inside ? end[i] : start[i]) : null;
  if (state === "open") return { state, until, opens: null };
  let next = inside ? i + 1 : i;
  while (next < known && unknown[next]) next++;
  return { state, until, opens: next < known ? kept(start[next]) : null };
}

/**
 * @param {Schedule} schedule
 * @param {number} minute
 * @returns {number} the reason why it is unknown then, -1 when it is not, -2 when the time is not kept
 */
export function whyUnknown({ start, end, unknown, why }, minute) {
  const at = Math.floor(minute);
  let i = 0;
  while (end[i] <= at) i++;
  if (start[i] > at || !unknown[i]) return -1;
  const always = start.length === 3 && unknown[1] && end[0] === start[1] && end[1] === start[2];
  if ((i === 0 || i === start.length - 1) && !always) return -2;
  let reason = -1;
  for (const [from, which] of why) if (from <= at || reason < 0) reason = which;
  return reason;
}

// Follows him once he let the browser tell his position: a new place only after more than a few steps.

import { placeOf } from "./place.js";

const STEPS_M = 25;
const METRES_A_DEGREE = 111195;

let watch = 0;

/**
 * Call back whenever he has moved, or his position is much better known than before.
 * @param {import("./place.js").Place} from where he was last asked about
 * @param {(place: import("./place.js").Place) => void} moved
 */
export function follow(from, moved) {
  unfollow();
  let last = from;
  watch = navigator.geolocation.watchPosition(
    (position) => {
      const next = placeOf(position);
      const surer = (next.accuracy_m || 0) * 2 < (last.accuracy_m || 0);
      if (document.hidden || (apart(last, next) <= STEPS_M && !surer)) return;
      last = next;
      moved(next);
    },
    () => undefined, // what is shown stays
    { enableHighAccuracy: true, maximumAge: 5000 },
  );
}

/** Follow him no longer: he chose a place himself. */
export function unfollow() {
  if (watch) navigator.geolocation.clearWatch(watch);
  watch = 0;
}

/**
 * @param {import("./place.js").Place} a
 * @param {import("./place.js").Place} b
 * @returns {number} metres, right enough for a few steps
 */
function apart(a, b) {
  const north = Number(b.lat) - Number(a.lat);
  const east = (Number(b.lon) - Number(a.lon)) * Math.cos((Number(a.lat) * Math.PI) / 180);
  return Math.hypot(north, east) * METRES_A_DEGREE;
}

// His last place, remembered on this phone only where he ticks the box, and forgotten as soon as he takes the tick away.

const KEY = "stationmap.place";
const box = /** @type {HTMLInputElement} */ (document.getElementById("remember"));

/** @returns {import("./place.js").Place | null} the place that this phone remembers */
export function kept() {
  try {
    const place = JSON.parse(window.localStorage.getItem(KEY) || "null");
    return place && place.lon !== undefined && place.lat !== undefined && place.datum ? { ...place, from: "last" } : null;
  } catch {
    return null; // no storage, or something else under its name
  }
}

/**
 * Keep a place, if he wants that.
 * @param {import("./place.js").Place} place
 */
export function keep({ lon, lat, datum, name, area }) {
  if (box.checked) write(JSON.stringify({ lon, lat, datum, name, area }));
}

/**
 * Show whether a place is remembered, and let him change it.
 * @param {() => import("./place.js").Place | null} present the place in use
 */
export function offerToKeep(present) {
  box.checked = kept() !== null;
  box.addEventListener("change", () => {
    const place = present();
    if (!box.checked) write("");
    else if (place) keep(place);
  });
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY) box.checked = kept() !== null;
  });
}

/** @param {string} text "" to forget */
function write(text) {
  try {
    if (text) window.localStorage.setItem(KEY, text);
    else window.localStorage.removeItem(KEY);
  } catch {
    box.checked = false; // no storage: nothing can be remembered
  }
}

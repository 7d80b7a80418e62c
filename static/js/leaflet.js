// Leaflet's minified build sets a global; the rest of our modules import it from here, typed.

import "../vendor/leaflet/leaflet.js";

export const L = /** @type {typeof import("leaflet")} */ (/** @type {any} */ (window).L);

// Leaflet under its usual name.

import * as L from "leaflet";

export { L };

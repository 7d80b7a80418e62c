// In what the map is drawn: Web Mercator, or the same with every place moved to where GCJ-02 tiles show it.
// Places of the program stay WGS 84: pins, lines, clicks and bounds are shifted here and nowhere else.

import { L } from "./leaflet.js";
import { fromGcj02, toGcj02 } from "./shift.js";

const Mercator = L.Projection.SphericalMercator;

const SHIFTED = L.extend({}, L.CRS.EPSG3857, {
  code: "GCJ-02",
  projection: L.extend({}, Mercator, {
    project(/** @type {import("leaflet").LatLng} */ { lng, lat }) {
      const [lon, north] = toGcj02(lng, lat);
      return Mercator.project(L.latLng(north, lon));
    },
    unproject(/** @type {import("leaflet").Point} */ point) {
      const { lng, lat } = Mercator.unproject(point);
      const [lon, north] = fromGcj02(lng, lat);
      return L.latLng(north, lon);
    },
  }),
});

/**
 * @param {"wgs84" | "gcj02"} datum of the tiles
 * @returns {import("leaflet").CRS}
 */
export function crsOf(datum) {
  return datum === "gcj02" ? SHIFTED : L.CRS.EPSG3857;
}

// Our own base map: areas and streets of the register on one canvas, names over it. No tile, no other host.

import { layer } from "./api.js";
import { AreaNames } from "./areanames.js";
import { colour, onTheme } from "./colours.js";
import { StreetNames } from "./labels.js";
import { L } from "./leaflet.js";
import { settings } from "./settings.js";

/**
 * Draw the base map; what cannot be loaded is left out.
 * @param {import("leaflet").Map} map
 * @param {() => import("leaflet").LatLng[]} marked where pins stand: no name of an area lies under one
 * @returns {Promise<void>}
 */
export async function drawBase(map, marked) {
  const pane = map.createPane("base");
  pane.style.zIndex = "200";
  const renderer = L.canvas({ pane: "base", padding: 0.5 });
  const wanted = [settings.map.areas, settings.map.streets];
  const [areas, streets] = await Promise.all(wanted.map((address) => layer(address).catch(nothing)));
  const options = { renderer, pane: "base", interactive: false };
  const land = L.geoJSON(areas, { ...options, style: areaStyle }).addTo(map);
  const edge = L.geoJSON(streets, { ...options, style: () => edgeStyle(map) }).addTo(map);
  const road = L.geoJSON(streets, { ...options, style: () => roadStyle(map) }).addTo(map);
  new AreaNames(areas).addTo(map, marked);
  new StreetNames(streets).addTo(map);
  const restyle = () => {
    land.setStyle(areaStyle);
    edge.setStyle(edgeStyle(map));
    road.setStyle(roadStyle(map));
  };
  map.on("zoomend", restyle);
  onTheme(restyle);
}

/** @returns {import("geojson").FeatureCollection} */
function nothing() {
  return { type: "FeatureCollection", features: [] };
}

/**
 * @param {import("geojson").Feature | undefined} feature
 * @returns {import("leaflet").PathOptions}
 */
function areaStyle(feature) {
  const outer = feature?.properties?.depth === 0;
  return {
    color: colour("--border"),
    weight: outer ? 2 : 1,
    dashArray: outer ? undefined : "4 4",
    fill: outer,
    fillColor: colour("--land"),
    fillOpacity: 1,
  };
}

/**
 * @param {import("leaflet").Map} map
 * @returns {number} pixels
 */
function width(map) {
  return Math.max(1, Math.min(12, (map.getZoom() - 10) * 1.4));
}

/**
 * @param {import("leaflet").Map} map
 * @returns {import("leaflet").PathOptions}
 */
function edgeStyle(map) {
  return { color: colour("--street-edge"), weight: width(map) + 2 };
}

/**
 * @param {import("leaflet").Map} map
 * @returns {import("leaflet").PathOptions}
 */
function roadStyle(map) {
  return { color: colour("--street"), weight: width(map) };
}

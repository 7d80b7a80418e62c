// The base map: the tiles that the operator chose, else our own areas and streets, which stand in when tiles fail too.

import { layer } from "./api.js";
import { AreaNames } from "./areanames.js";
import { onTheme } from "./colours.js";
import { showCredit } from "./credit.js";
import { Ground } from "./ground.js";
import { StreetNames } from "./labels.js";
import { L } from "./leaflet.js";
import { settings } from "./settings.js";
import { showTiles } from "./tiles.js";
import { tell } from "./words.js";

/**
 * Put the base map on a map.
 * @param {import("leaflet").Map} map
 * @param {() => import("leaflet").LatLng[]} marked where pins stand: no name of an area lies under one
 */
export function openBase(map, marked) {
  map.createPane("ground").style.zIndex = "150";
  map.createPane("names").style.zIndex = "420";
  const { tiles } = settings.map;
  if (!tiles) {
    drawGround(map, marked);
    return;
  }
  /** @type {Promise<import("leaflet").LayerGroup> | null} */
  let ground = null;
  let wanted = false;
  const word = wordOn(map);
  const lost = async () => {
    wanted = true;
    word.textContent = tell("The pictures of the map cannot be loaded now. This is our own plain map.");
    ground = ground || drawGround(map, marked);
    const drawn = await ground;
    if (wanted) drawn.addTo(map);
  };
  const back = async () => {
    wanted = false;
    word.textContent = "";
    (await ground)?.remove();
  };
  showCredit(map, tiles);
  showTiles(map, tiles, { lost, back });
}

/**
 * Draw areas, streets and their names; what cannot be loaded is left out.
 * @param {import("leaflet").Map} map
 * @param {() => import("leaflet").LatLng[]} marked
 * @returns {Promise<import("leaflet").LayerGroup>}
 */
async function drawGround(map, marked) {
  const wanted = [settings.map.areas, settings.map.streets];
  const [areas, streets] = await Promise.all(wanted.map((address) => layer(address).catch(nothing)));
  const ground = new Ground(areas, streets, map.options.crs || L.CRS.EPSG3857);
  onTheme(() => ground.redraw());
  const names = [new AreaNames(areas).on(map, marked), new StreetNames(streets).on(map, marked)];
  return L.layerGroup([ground, ...names]).addTo(map);
}

/** @returns {import("geojson").FeatureCollection} */
function nothing() {
  return { type: "FeatureCollection", features: [] };
}

/**
 * @param {import("leaflet").Map} map
 * @returns {HTMLElement} where a word about the map may stand, in its top left corner
 */
function wordOn(map) {
  const control = new L.Control({ position: "topleft" });
  const word = document.createElement("p");
  word.className = "map-word";
  word.setAttribute("role", "status");
  control.onAdd = () => word;
  control.addTo(map);
  return word;
}

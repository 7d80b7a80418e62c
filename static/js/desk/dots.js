// Stations as dots of canvas: filled where they serve, hollow where they do not, with a word on what is in the way.

import { L } from "../leaflet.js";
import { settings } from "../settings.js";
import { COLOURS } from "./cells.js";

/** @typedef {{id: string[], name: string[], lon: number[], lat: number[]}} Stations degrees */

export class Dots {
  /** @param {import("leaflet").Map} map */
  constructor(map) {
    map.createPane("dots").style.zIndex = "440";
    this.renderer = L.canvas({ pane: "dots", padding: 0.3 });
    this.layer = L.layerGroup().addTo(map);
    /** @type {import("leaflet").CircleMarker[]} */
    this.dots = [];
  }

  /** @param {Stations} stations */
  take({ id, name, lon, lat }) {
    this.layer.clearLayers();
    this.dots = id.map((each, i) => {
      const dot = L.circleMarker([lat[i], lon[i]], { renderer: this.renderer, radius: 5, weight: 2, fillOpacity: 1 });
      dot.bindPopup(() => leaf(each, name[i]));
      this.layer.addLayer(dot);
      return dot;
    });
  }

  /** @param {string} standings one digit a station: 0 serves, else what is in the way */
  show(standings) {
    this.dots.forEach((dot, i) => {
      const stands = Number(standings[i] || 0);
      const serves = stands === 0;
      dot.setStyle({ color: serves ? "#ffffff" : COLOURS[stands], fillColor: serves ? COLOURS[0] : "#ffffff" });
      dot.setRadius(serves ? 6 : 4);
    });
  }
}

/**
 * @param {string} id
 * @param {string} name
 * @returns {HTMLElement}
 */
function leaf(id, name) {
  const link = document.createElement("a");
  link.href = settings.station + encodeURIComponent(id);
  link.textContent = name;
  return link;
}

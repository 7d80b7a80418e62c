// Stations as dots of canvas: filled where they serve, hollow where they do not, in the colour of what is in the way.

import { L } from "../leaflet.js";
import { COLOURS } from "./cells.js";

/** @typedef {{id: string[], name: string[], lon: number[], lat: number[]}} Stations degrees */
/** @typedef {(station: {id: string, name: string}, done: () => void) => HTMLElement} Leaf */

const SERVES = "#083b68";
const GONE = 5;

export class Dots {
  /**
   * @param {import("leaflet").Map} map
   * @param {Leaf} leaf what stands in the popup of a station
   */
  constructor(map, leaf) {
    map.createPane("dots").style.zIndex = "440";
    this.renderer = L.canvas({ pane: "dots", padding: 0.3 });
    this.leaf = leaf;
    this.layer = L.layerGroup().addTo(map);
    this.added = L.layerGroup().addTo(map);
    /** @type {import("leaflet").CircleMarker[]} */
    this.dots = [];
    this.shown = "";
    this.map = map;
    /** @type {import("./answers.js").Extra[]} */
    this.extra = [];
    map.on("zoomend", () => {
      const standings = this.shown;
      this.shown = "";
      this.show(standings, this.extra);
    });
  }

  /** @returns {[number, number]} radius of one that serves, and of one that does not: small where many are seen */
  radii() {
    const zoom = this.map.getZoom();
    return zoom < 11.5 ? [4, 2.5] : zoom < 13 ? [5, 3.5] : [7, 5];
  }

  /** @param {Stations} stations */
  take({ id, name, lon, lat }) {
    this.layer.clearLayers();
    this.dots = id.map((each, i) => this.dot({ id: each, name: name[i] }, lat[i], lon[i]));
    this.dots.forEach((dot) => this.layer.addLayer(dot));
    this.shown = "";
  }

  /**
   * @param {{id: string, name: string}} station
   * @param {number} lat
   * @param {number} lon
   * @returns {import("leaflet").CircleMarker}
   */
  dot(station, lat, lon) {
    const dot = L.circleMarker([lat, lon], { renderer: this.renderer, radius: 5, weight: 1.5, fillOpacity: 1, bubblingMouseEvents: false });
    dot.bindPopup(() => this.leaf(station, () => dot.closePopup()), { className: "place-leaf", minWidth: 180 });
    return dot;
  }

  /**
   * @param {string} standings one digit a station: 0 serves, 5 is taken away, else what is in the way
   * @param {import("./answers.js").Extra[]} extra
   */
  show(standings, extra) {
    const radii = this.radii();
    this.dots.forEach((dot, i) => standings[i] !== this.shown[i] && paint(dot, Number(standings[i] || 0), radii));
    this.shown = standings;
    this.extra = extra;
    this.added.clearLayers();
    for (const { id, name, lon, lat, stands } of extra) {
      const ring = L.circleMarker([lat, lon], { renderer: this.renderer, radius: 12, weight: 3, color: "#083b68", fill: false, interactive: false, dashArray: "4 3" });
      const dot = this.dot({ id, name }, lat, lon);
      paint(dot, stands, radii);
      this.added.addLayer(ring).addLayer(dot);
    }
  }
}

/**
 * @param {import("leaflet").CircleMarker} dot
 * @param {number} stands
 * @param {[number, number]} radii
 */
function paint(dot, stands, [large, small]) {
  const serves = stands === 0;
  const there = stands !== GONE;
  dot.setStyle({ color: serves ? "#ffffff" : COLOURS[stands], fillColor: serves ? SERVES : "#ffffff", opacity: there ? 1 : 0, fillOpacity: there ? 1 : 0 });
  dot.setRadius(serves ? large : small);
}

// The map of the desk: cells by what is in the way of serving them, stations by whether they serve, gaps by rank.

import { openBase } from "../base.js";
import { crsOf } from "../crs.js";
import { L } from "../leaflet.js";
import { settings } from "../settings.js";
import { tell } from "../words.js";
import { asked } from "./answers.js";
import { Cells } from "./cells.js";
import { Dots } from "./dots.js";

const MOST_NUMBERS = 20;

/** @typedef {import("./answers.js").Told} Told */

export class DeskMap {
  /** @param {HTMLElement} element */
  constructor(element) {
    const { tiles } = settings.map;
    const crs = crsOf(tiles ? tiles.datum : "wgs84");
    this.map = L.map(element, { crs, zoomControl: false, attributionControl: false, minZoom: 3, maxZoom: 18, zoomSnap: tiles ? 1 : 0.5 });
    L.control.zoom({ position: "topright", zoomInTitle: tell("Closer"), zoomOutTitle: tell("Farther") }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    const [west, south, east, north] = settings.extent || [73, 18, 135, 54];
    this.map.fitBounds([[south, west], [north, east]], { padding: [8, 8], animate: false });
    openBase(this.map, () => []);
    this.cells = new Cells(this.map);
    this.dots = new Dots(this.map);
    this.numbers = L.layerGroup().addTo(this.map);
    /** @type {Told["gaps"]} */
    this.gaps = [];
    this.known = { demand: "", revision: -1 };
  }

  /**
   * Show an answer; places and stations are fetched once for each version of them.
   * @param {Told} told
   * @param {string} demand its name
   */
  async show(told, demand) {
    if (this.known.demand !== told.demand) {
      const places = await asked("/desk/api/places", new URLSearchParams({ demand }));
      this.cells.take(places);
      this.known.demand = told.demand;
      this.map.fitBounds(this.cells.bounds(), { padding: [8, 8], animate: false });
    }
    if (this.known.revision !== told.revision) {
      this.dots.take(await asked("/desk/api/stations", new URLSearchParams()));
      this.known.revision = told.revision;
    }
    this.cells.show(told.reasons);
    this.dots.show(told.stations);
    this.gaps = told.gaps;
    this.number();
  }

  /** Put the rank of the largest gaps on the map. */
  number() {
    this.numbers.clearLayers();
    for (const { rank, lon, lat } of this.gaps.slice(0, MOST_NUMBERS)) {
      const icon = L.divIcon({ html: String(rank), className: "rank", iconSize: [26, 26] });
      const mark = L.marker([lat, lon], { icon, keyboard: false, title: tell("Gap {rank}", { rank }) });
      mark.on("click", () => document.getElementById(`gap-${rank}`)?.scrollIntoView({ block: "nearest" }));
      this.numbers.addLayer(mark);
    }
  }

  /** @param {number} rank of the gap to look at */
  look(rank) {
    const gap = this.gaps.find((each) => each.rank === rank);
    if (!gap) return;
    const [west, south, east, north] = gap.bounds;
    this.map.fitBounds([[south, west], [north, east]], { padding: [60, 60], maxZoom: 15 });
  }
}

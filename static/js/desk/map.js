// The map of the desk: cells by what is in the way of serving them, stations by whether they serve, gaps by rank.

import { openBase } from "../base.js";
import { crsOf } from "../crs.js";
import { L } from "../leaflet.js";
import { settings } from "../settings.js";
import { tell } from "../words.js";
import { asked } from "./answers.js";
import { Cells } from "./cells.js";
import { Dots } from "./dots.js";
import { link } from "./whatif.js";

const NUMBERS = [10, 20];
const NEAR_ZOOM = 12;

/** @typedef {import("./answers.js").Told} Told */
/** @typedef {Pick<Told, "reasons" | "stations" | "extra" | "gaps" | "vs">} Shown */

export class DeskMap {
  /**
   * @param {HTMLElement} element
   * @param {import("./whatif.js").WhatIf} [whatIf] where stations may be changed
   */
  constructor(element, whatIf) {
    /** @type {Told["gaps"]} */
    this.gaps = [];
    const { tiles } = settings.map;
    for (const address of settings.map.styles) sheet(address);
    const crs = crsOf(tiles ? tiles.datum : "wgs84");
    this.map = L.map(element, { crs, zoomControl: false, attributionControl: false, minZoom: 3, maxZoom: 18, zoomSnap: tiles ? 1 : 0.25 });
    L.control.zoom({ position: "topright", zoomInTitle: tell("Closer"), zoomOutTitle: tell("Farther") }).addTo(this.map);
    L.control.scale({ imperial: false }).addTo(this.map);
    const [west, south, east, north] = settings.extent || [73, 18, 135, 54];
    this.map.fitBounds([[south, west], [north, east]], { padding: [8, 8], animate: false });
    openBase(this.map, () => []);
    this.cells = new Cells(this.map);
    this.dots = new Dots(this.map, (station, done) => (whatIf ? whatIf.leaf(station, done) : link(station.id, station.name)));
    if (whatIf) whatIf.watch(this.map);
    this.numbers = L.layerGroup().addTo(this.map);
    this.map.on("zoomend", () => this.number());
    this.frame = L.layerGroup().addTo(this.map);
    this.known = { places: "", stations: "" };
  }

  /**
   * Show an answer; places and stations are fetched once for each version of them.
   * @param {Told} told
   */
  async show(told) {
    const [places, stations] = [`${told.places_at}#${told.revision}`, `${told.stations_at}#${told.revision}`];
    if (this.known.places !== places) {
      this.take(await asked(told.places_at));
      this.known.places = places;
    }
    if (this.known.stations !== stations) {
      this.dots.take(await asked(told.stations_at));
      this.known.stations = stations;
    }
    this.paint(told);
  }

  /** @param {import("./cells.js").Places} places */
  take(places) {
    this.cells.take(places);
    if (this.cells.bounds().isValid()) this.map.fitBounds(this.cells.bounds(), { padding: [8, 8], animate: false });
  }

  /** @param {Shown} shown */
  paint({ reasons, vs, stations, extra, gaps }) {
    this.cells.show(reasons, vs);
    this.dots.show(stations, extra);
    toggle("legend", !vs);
    toggle("legend-versus", Boolean(vs));
    this.gaps = gaps;
    this.frame.clearLayers();
    this.number();
  }

  /** Put the rank of the largest gaps on the map. */
  number() {
    this.numbers.clearLayers();
    const most = NUMBERS[this.map.getZoom() < NEAR_ZOOM ? 0 : 1];
    for (const { rank, lon, lat } of this.gaps.slice(0, most)) {
      const icon = L.divIcon({ html: String(rank), className: "rank", iconSize: [24, 24] });
      const mark = L.marker([lat, lon], { icon, keyboard: false, title: tell("Gap {rank}", { rank }), bubblingMouseEvents: false });
      mark.on("click", () => this.toList(rank));
      this.numbers.addLayer(mark);
    }
  }

  /** @param {number} rank of the gap whose row is to be seen */
  toList(rank) {
    this.outline(rank);
    const row = document.getElementById(`gap-${rank}`);
    if (!row) return;
    document.querySelectorAll(".gap--chosen").forEach((each) => each.classList.remove("gap--chosen"));
    row.classList.add("gap--chosen");
    row.scrollIntoView({ block: "center" });
    row.querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {number} rank of the gap to look at */
  look(rank) {
    const gap = this.outline(rank);
    if (!gap) return;
    const [west, south, east, north] = gap.bounds;
    this.map.fitBounds([[south, west], [north, east]], { padding: [60, 60], maxZoom: 15 });
    const box = this.map.getContainer().getBoundingClientRect();
    if (box.top < 0 || box.bottom > window.innerHeight) this.map.getContainer().scrollIntoView({ block: "center" });
  }

  /**
   * Put a frame around a gap.
   * @param {number} rank
   * @returns {Told["gaps"][0] | undefined}
   */
  outline(rank) {
    const gap = this.gaps.find((each) => each.rank === rank);
    this.frame.clearLayers();
    if (gap) {
      const [west, south, east, north] = gap.bounds;
      const up = this.cells.half * 1.15 || 1e-4;
      const along = up / Math.cos((south * Math.PI) / 180);
      const box = L.latLngBounds([[south - up, west - along], [north + up, east + along]]);
      this.frame.addLayer(L.rectangle(box, { color: "#10171c", weight: 3, dashArray: "8 6", fill: false, interactive: false }));
    }
    return gap;
  }
}

/**
 * @param {string} id
 * @param {boolean} shown
 */
function toggle(id, shown) {
  const element = document.getElementById(id);
  if (element) element.hidden = !shown;
}

/** @param {string} address of a style sheet */
function sheet(address) {
  const made = document.createElement("link");
  made.rel = "stylesheet";
  made.href = address;
  document.head.append(made);
}

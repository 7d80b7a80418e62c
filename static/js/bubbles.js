// Stations on the map as a canvas draws them: a bubble with a number for many, a dot for one. The state of a dot is told
// by shape as well as by colour: full when open, a ring with a bar when closed, a broken ring when not known.

import { colour } from "./colours.js";
import { L } from "./leaflet.js";
import { settings } from "./settings.js";

const DOT_PX = 8;
const LEAST_PX = 15;
const MOST_PX = 27;
const short = new Intl.NumberFormat(settings.language === "zh" ? "zh-CN" : "en", { notation: "compact", maximumFractionDigits: 1 });

const family = getComputedStyle(document.body).fontFamily;

/** @typedef {{count: number, id?: string, name?: string, state?: "open" | "closed" | "unknown"}} Facts */

export class Bubble extends L.CircleMarker {
  /**
   * @param {import("leaflet").LatLngExpression} at
   * @param {Facts} facts
   * @param {import("leaflet").CircleMarkerOptions & {quiet: () => boolean}} options quiet: whether something else on
   *   the map matters more
   */
  constructor(at, facts, options) {
    super(at, { ...options, radius: radiusOf(facts.count), weight: 2, bubblingMouseEvents: false });
    this.facts = facts;
    this.quiet = options.quiet;
  }

  /** Draw, when the canvas asks for it. */
  _updatePath() {
    const inside = /** @type {any} */ (this);
    const { _renderer: renderer, _point: point } = inside;
    if (!renderer._drawing || inside._empty()) return;
    if (this.facts.count > 1) paintMany(renderer._ctx, point, this.getRadius(), this.facts.count, this.quiet());
    else paintOne(renderer._ctx, point, this.facts.state);
  }
}

/**
 * @param {number} count how many stations
 * @returns {number} pixels
 */
export function radiusOf(count) {
  return count > 1 ? Math.min(MOST_PX, LEAST_PX + 2.6 * Math.log10(count)) : DOT_PX;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("leaflet").Point} at
 * @param {number} radius
 * @param {number} count
 * @param {boolean} quiet
 */
function paintMany(context, { x, y }, radius, count, quiet) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour(quiet ? "--paper" : "--act");
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = colour(quiet ? "--act" : "--paper");
  context.stroke();
  context.fillStyle = colour(quiet ? "--act" : "--on-act");
  context.font = `700 ${count < 1000 ? 14 : 13}px ${family}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(count < 1000 ? String(count) : short.format(count), x, y + 0.5);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("leaflet").Point} at
 * @param {string | undefined} state
 */
function paintOne(context, { x, y }, state) {
  const circle = (/** @type {number} */ radius) => {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
  };
  circle(DOT_PX + 1);
  context.fillStyle = colour("--paper");
  context.fill();
  if (state === "open") {
    circle(DOT_PX - 1);
    context.fillStyle = colour("--open");
    context.fill();
    return;
  }
  circle(DOT_PX - 2);
  context.lineWidth = 2.5;
  context.strokeStyle = colour(state === "closed" ? "--closed" : "--unknown");
  context.setLineDash(state === "closed" ? [] : [3, 2.2]);
  context.stroke();
  context.setLineDash([]);
  if (state !== "closed") return;
  context.beginPath();
  context.moveTo(x - DOT_PX + 2.5, y);
  context.lineTo(x + DOT_PX - 2.5, y);
  context.stroke();
}

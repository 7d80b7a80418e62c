// Windows of the map as they are asked for: rounded outward to the edges of tiles, so that moving the map a little asks
// nothing new, and so that what is asked does not tell where in it someone stands.

const FINEST_ZOOM = 16;
const MARGIN = 0.25; // of a tile of 256 pixels
const DECIMALS = 9;

/** @typedef {{west: number, south: number, east: number, north: number}} Bounds degrees; east - west may pass 180 */
/** @typedef {{zoom: number, side: number, left: number, top: number, right: number, bottom: number}} Tiles right, bottom: beyond the last */

/**
 * Return the tiles that a view touches, with a margin.
 * @param {Bounds} view
 * @param {number} zoom
 * @returns {Tiles}
 */
export function tilesOf({ west, south, east, north }, zoom) {
  const side = 2 ** Math.min(zoom, FINEST_ZOOM);
  const margin = MARGIN * 2 ** Math.min(0, FINEST_ZOOM - zoom);
  const left = Math.floor(((west + 180) / 360) * side - margin);
  const right = Math.ceil(((east + 180) / 360) * side + margin);
  const top = Math.max(0, Math.floor(down(north) * side - margin));
  const bottom = Math.min(side, Math.ceil(down(south) * side + margin));
  if (right - left >= side) return { zoom, side, left: 0, top, right: side, bottom };
  const first = ((left % side) + side) % side;
  return { zoom, side, left: first, top, right: first + right - left, bottom };
}

/**
 * Return the window of some tiles as the server takes it: west,south,east,north; west beyond east crosses 180 degrees.
 * @param {Tiles} tiles
 * @returns {string}
 */
export function bboxOf({ side, left, top, right, bottom }) {
  const lon = (/** @type {number} */ x) => (x / side) * 360 - 180;
  const east = right > side ? lon(right - side) : lon(right);
  return [lon(left), lat(bottom / side), east, lat(top / side)].map((degrees) => String(+degrees.toFixed(DECIMALS))).join(",");
}

/**
 * Return whether some tiles hold all of some others.
 * @param {Tiles} outer
 * @param {Tiles} inner
 * @returns {boolean}
 */
export function holds(outer, inner) {
  if (outer.zoom !== inner.zoom || outer.top > inner.top || outer.bottom < inner.bottom) return false;
  const round = inner.left < outer.left ? outer.side : 0;
  return inner.left + round >= outer.left && inner.right + round <= outer.right;
}

/**
 * @param {number} lat degrees
 * @returns {number} how far down the map, 0 to 1
 */
function down(lat) {
  const sine = Math.sin((Math.max(-85.06, Math.min(85.06, lat)) * Math.PI) / 180);
  return Math.max(0, Math.min(1, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)));
}

/**
 * @param {number} y how far down the map, 0 to 1
 * @returns {number} degrees
 */
function lat(y) {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

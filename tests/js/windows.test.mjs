// Windows of the map: rounded outward to tiles, held by what was asked before, right across 180 degrees.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bboxOf, holds, tilesOf } from "../../static/js/windows.js";

const numbers = (tiles) => bboxOf(tiles).split(",").map(Number);
const near = (found, wanted) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-6, `${found} is not ${wanted}`));

test("a view is rounded outward to the edges of tiles", () => {
  const tiles = tilesOf({ west: 113.5, south: 34.6, east: 113.9, north: 34.9 }, 10);
  const [west, south, east, north] = numbers(tiles);
  assert.ok(west < 113.5 && south < 34.6 && east > 113.9 && north > 34.9);
  assert.deepEqual([(west + 180) / 360, (east + 180) / 360].map((x) => Math.round(x * 1024 * 1e6) / 1e6 % 1), [0, 0]);
});

test("views near one another ask for one window, also deep in", () => {
  const view = (shift) => ({ west: 113.65 + shift, south: 34.75, east: 113.652 + shift, north: 34.752 });
  const asked = [0, 0.0001, 0.0002, 0.0003].map((shift) => bboxOf(tilesOf(view(shift), 18)));
  assert.ok(new Set(asked).size <= 2, asked.join(" "));
  const [west, , east] = asked[0].split(",").map(Number);
  assert.ok(east - west > 359.99 / 2 ** 16, "no window tells where in 500 metres he is");
});

test("the whole world is asked for as such", () => {
  near(numbers(tilesOf({ west: -500, south: -89, east: 500, north: 89 }, 2)), [-180, -85.0511288, 180, 85.0511288]);
});

test("across 180 degrees west lies beyond east, whichever copy of the world is looked at", () => {
  for (const turn of [-360, 0, 360]) {
    const [west, , east] = numbers(tilesOf({ west: 179 + turn, south: -5, east: 182 + turn, north: 5 }, 8));
    assert.ok(west > 170 && west <= 179 && east < -170 && east >= -178, `${west} ${east}`);
  }
});

test("what holds what", () => {
  const wide = tilesOf({ west: 100, south: 20, east: 120, north: 40 }, 8);
  const within = tilesOf({ west: 105, south: 25, east: 110, north: 30 }, 8);
  assert.ok(holds(wide, within) && holds(wide, wide) && !holds(within, wide));
  assert.ok(!holds(wide, tilesOf({ west: 105, south: 25, east: 110, north: 30 }, 9)), "another zoom has other cells");
  const across = tilesOf({ west: 170, south: -10, east: 190, north: 10 }, 6);
  assert.ok(holds(across, tilesOf({ west: -176, south: -5, east: -174, north: 5 }, 6)));
  assert.ok(holds(across, tilesOf({ west: 175, south: -5, east: 185, north: 5 }, 6)));
});

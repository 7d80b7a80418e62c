// The shift of China's web maps in the scripts, held to what stationmap.geo.datum answers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromGcj02, toGcj02 } from "../../static/js/shift.js";

const vectors = JSON.parse(readFileSync(new URL("./shift.json", import.meta.url), "utf8"));
const near = ([x, y], [otherX, otherY], what) => {
  assert.ok(Math.abs(x - otherX) <= 1e-7 && Math.abs(y - otherY) <= 1e-7, `${what}: ${x},${y} is not ${otherX},${otherY}`);
};

test("shifted, and back again", () => {
  for (const [wgs84, gcj02] of vectors) {
    near(toGcj02(...wgs84), gcj02, wgs84);
    near(fromGcj02(...gcj02), wgs84, gcj02);
  }
});

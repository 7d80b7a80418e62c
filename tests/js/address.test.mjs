// Filters, time and view in the address, there and back.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { getElementById: () => ({ querySelector: () => null, addEventListener: () => undefined }) };
const { read, written } = await import("../../static/js/address.js");
const PLAIN = { need: [], kind: [], open: "arrival", at: "", mode: "walk", view: "list" };

test("what goes without saying is left out", () => {
  assert.equal(written(PLAIN), "/");
  assert.deepEqual(read(""), PLAIN);
});

test("what is written is read again", () => {
  const wanted = { need: ["toilet", "tea"], kind: ["driver_home"], open: "now", at: "2026-10-10T06:30", mode: "ride", view: "map" };
  const address = written(wanted);
  assert.equal(address, "/?need=toilet&need=tea&kind=driver_home&open=now&at=2026-10-10T06%3A30&mode=ride&view=map");
  assert.deepEqual(read(address.slice(1)), wanted);
});

test("addresses of before, and of others", () => {
  assert.equal(read("?any=1").open, "any");
  assert.equal(read("?any=1&open=now").open, "now");
  assert.equal(read("?view=moon").view, "list");
});

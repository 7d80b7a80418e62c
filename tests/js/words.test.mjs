// The scripts' words, held to the vectors that the server's words are held to (tests/test_web_wording.py).
// node tests/js/words.test.mjs < settings.json : the settings of a page, as the server ships them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const held = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const vectors = held("./wording.json");
const shipped = readFileSync(0, "utf8");
globalThis.document = { getElementById: () => ({ textContent: shipped }) };
const { language } = JSON.parse(shipped);
const { look, metresWords, minutesWords, seen, waitWords, withoutWords } = await import("../../static/js/words.js");
const { groups, summary } = await import("../../static/js/answer.js");
const { chips, entry, meant } = await import("../../static/js/rows.js");

test("looks", () => {
  for (const vector of vectors.states) assert.equal(look(vector.place, vector.at), vector.look);
});

test("ways", () => {
  for (const vector of vectors.ways) {
    assert.deepEqual([minutesWords(vector.minutes), metresWords(vector.metres)], vector[language]);
  }
});

test("chips", () => {
  for (const vector of vectors.chips) {
    assert.deepEqual(chips(vector.services, vector.needs).map(({ look, text }) => [look, text]), vector[language]);
  }
});

test("entries", () => {
  for (const vector of vectors.entries) assert.equal(entry(vector.place), vector[language]);
});

test("last seen", () => {
  for (const { place, at, [language]: said } of vectors.seen) assert.equal(seen(place, at), said);
});

test("waits before a door that opens soon", () => {
  for (const { place, [language]: said } of vectors.waits) assert.equal(waitWords(place), said);
});

test("services that a text may mean", () => {
  for (const { text, [language]: codes } of vectors.meant) assert.deepEqual(meant(text), codes, text);
});

test("what to do without", () => {
  for (const { way, [language]: said } of vectors.without) assert.equal(withoutWords(way), said);
});

test("groups", () => {
  const features = (rows) =>
    rows.map(([id, minutes, distance_m, opens_at = null, on_arrival = "open"]) => ({
      properties: { id, minutes, distance_m, opens_at, on_arrival },
    }));
  for (const vector of held("./groups.json")) {
    const { found, maybe, together, others } = vector;
    const answer = { features: features(found), maybe: features(maybe), together: features(together) };
    const made = groups(answer, features(others).length ? { features: features(others) } : null);
    const filled = made.filter(({ features }) => features.length).map((g) => [g.name, g.features.map((f) => f.properties.id)]);
    assert.deepEqual(filled, Object.entries(vector.groups), vector.why);
    assert.equal(summary(made, Boolean(vector.any)), vector[language], vector.why);
  }
});

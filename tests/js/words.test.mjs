// The scripts' words, held to the vectors that the server's words are held to (tests/test_web_wording.py).
// node tests/js/words.test.mjs < settings.json : the settings of a page, as the server ships them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const vectors = JSON.parse(readFileSync(new URL("./wording.json", import.meta.url), "utf8"));
const shipped = readFileSync(0, "utf8");
globalThis.document = { getElementById: () => ({ textContent: shipped }) };
const { language } = JSON.parse(shipped);
const { look, metresWords, minutesWords } = await import("../../static/js/words.js");
const { chips, entry } = await import("../../static/js/rows.js");

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

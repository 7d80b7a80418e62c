// The answers without a line, held to what the server's own finder answers (tests/offline_vectors.py writes them).
// node --test tests/js/offline.test.mjs

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { bundle: packed, answers } = JSON.parse(readFileSync(new URL("./offline.json", import.meta.url), "utf8"));
const settings = { language: "en", words: {}, labels: { services: {}, access: {} }, common: [] };
globalThis.document = { getElementById: () => ({ textContent: JSON.stringify(settings) }) };
const { unpack } = await import("../../static/js/offline/bundle.js");
const { answerFrom } = await import("../../static/js/offline/answer.js");
const { named } = await import("../../static/js/offline/names.js");
const { present } = await import("../../static/js/offline/clock.js");
const { ageWords } = await import("../../static/js/offline/age.js");
const bundle = unpack(packed);

/** Numbers may part by their rounding. */
function same(found, wanted, where) {
  if (typeof wanted === "number") return assert.ok(Math.abs(found - wanted) <= 0.1001, `${where}: ${found} ${wanted}`);
  if (wanted === null || typeof wanted !== "object") return assert.equal(found, wanted, where);
  assert.deepEqual(Object.keys(found), Object.keys(wanted), where);
  for (const name of Object.keys(wanted)) same(found[name], wanted[name], `${where}.${name}`);
}

test("answers", () => {
  for (const { question, now, ...wanted } of answers) {
    const found = answerFrom(bundle, question, Date.parse(now));
    for (const name of ["features", "maybe", "together"]) {
      const told = found[name].slice(0, 8).map(({ properties }) => properties);
      const short = told.map((each, i) => Object.fromEntries(Object.keys(wanted[name][i] || {}).map((one) => [one, each[one]])));
      same(short, wanted[name], `${name} of ${JSON.stringify(question)}`);
    }
    same(found.without, wanted.without, JSON.stringify(question));
  }
});

test("what is not kept is unknown", () => {
  const question = { lon: 113.65, lat: 34.75, datum: "wgs84", need: [], kind: [], open: "arrival", at: "", mode: "walk", k: 5 };
  const later = answerFrom(bundle, question, Date.parse("2027-01-01T00:00:00Z"));
  assert.equal(later.features.length, 0);
  assert.ok(later.maybe.length > 0);
  assert.ok(later.maybe.every(({ properties }) => properties.state === "unknown"));
  assert.ok(later.maybe.some(({ properties }) => /ends on 2026-10-2\d/.test(properties.reason)));
});

test("a place of which nothing is kept is told", () => {
  const far = unpack({ ...packed, reach_m: 60000 });
  const question = { lon: 120, lat: 30, datum: "wgs84", need: [], kind: [], open: "any", at: "", mode: "walk", k: 5 };
  assert.throws(() => answerFrom(far, question, Date.parse(packed.base)), /nothing is kept/);
});

test("names by pinyin and initials", () => {
  const of = (text) => new Set(named(bundle, text, null).map(({ name }) => name));
  const stationsOf = (text) => new Set(named({ ...bundle, named: [] }, text, null).map(({ name }) => name));
  for (const word of ["郑州", "zhengzhou", "zhengz", "zzlyz", "zhzhl", "zheng州"]) assert.deepEqual([...stationsOf(word)], ["郑州路驿站"], word);
  assert.equal(of("qqqq").size, 0);
  assert.equal(of("  ").size, 0);
});

test("streets and areas by name", () => {
  const of = (text, here = null) => named(bundle, text, here).map(({ kind, name }) => `${kind} ${name}`);
  for (const word of ["枫溪巷", "fengxixiang", "fxx", "溪巷"]) assert.deepEqual(of(word), ["street 枫溪巷"], word);
  assert.deepEqual(of("二七区")[0], "area 二七区");
  assert.equal(of("郑州路", { lon: 113, lat: 34 })[0], "street 郑州路"); // what is called so comes before stations that begin so
  assert.deepEqual(named(bundle, "枫溪巷", null), [
    { id: "", kind: "street", name: "枫溪巷", detail: "河南省 郑州市 二七区", lon: 113.66, lat: 34.751 },
  ]);
  const { names, ...before } = packed;
  assert.deepEqual(named(unpack(before), "枫溪巷", null), []);
});

test("clocks and ages", () => {
  const now = Date.now();
  assert.deepEqual(present(null).trusted, true);
  const wrong = present({ offsetMs: 3600000, serverMs: now });
  assert.ok(Math.abs(wrong.ms - now - 3600000) < 1000);
  assert.equal(wrong.offMin, 60);
  const back = present({ offsetMs: 0, serverMs: now + 86400000 });
  assert.deepEqual([back.trusted, back.ms], [false, now + 86400000]);
  const ages = [60000, 300000, 3 * 3600000, 3 * 86400000].map((age) => ageWords(now - age, { ms: now, trusted: true, offMin: 0 }));
  assert.deepEqual(ages, [
    "No connection. Data of a moment ago.",
    "No connection. Data of 5 min ago.",
    "No connection. Data of 3 hours ago.",
    "No connection. Data of 3 days ago.",
  ]);
  const wrongs = [-5, 119, 540, 2880, 3623400].map((offMin) => ageWords(now, { ms: now, trusted: true, offMin }));
  const told = wrongs.map((words) => /wrong by (.*);/.exec(words)[1]);
  assert.deepEqual(told, ["5 min", "119 min", "about 9 hours", "about 2 days", "about 7 years"]);
});

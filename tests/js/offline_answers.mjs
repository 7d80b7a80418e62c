// Answers questions from a bundle as a phone without a line does, for tests/test_offline_answers.py.
// node tests/js/offline_answers.mjs < {settings, bundles: [...], questions: [[bundle, question, instant], ...]} : one JSON array of answers.

import { readFileSync } from "node:fs";

const given = JSON.parse(readFileSync(0, "utf8"));
globalThis.document = { getElementById: () => ({ textContent: JSON.stringify(given.settings) }) };
const { unpack } = await import("../../static/js/offline/bundle.js");
const { answerFrom } = await import("../../static/js/offline/answer.js");
const { distanceM } = await import("../../static/js/offline/distance.js");
const { toWgs84 } = await import("../../static/js/offline/datum.js");
const { named } = await import("../../static/js/offline/names.js");

const bundles = (given.bundles || []).map(unpack);
const answers = (given.questions || []).map(([which, question, instant]) => answerFrom(bundles[which], question, Date.parse(instant)));
const distances = (given.distances || []).map((ends) => distanceM(...ends));
const places = (given.places || []).map(([lon, lat, datum]) => toWgs84(lon, lat, datum));
const hits = (given.names || []).map(([which, text, here]) => named(bundles[which], text, here).map(({ id }) => id));
process.stdout.write(JSON.stringify({ answers, distances, places, hits }));

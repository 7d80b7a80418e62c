// Builds what the site serves: the modules of each page as one small file for phones of 2018 (Chrome 80), what is needed
// later (the map) as files of their own, and the style sheets. Writes static/built, and static/built/parts.json: for
// each page the files to fetch beside its own, all its files, and the modules they were made of.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PAGES = ["main.js", "station.js", "say.js", "offline.js", "desk.js", "deskrun.js"];
const WORKER = "worker.js";
const SHEETS = ["base.css", "find.css", "map.css", "noscript.css", "station.css", "say.css", "sign.css", "docs.css", "offline.css", "desk.css"];

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "built");
const target = `${built}.${process.pid}`;
const usual = {
  absWorkingDir: join(here, ".."),
  bundle: true,
  minify: true,
  target: "chrome80",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  outdir: target,
  chunkNames: "part-[hash]",
  assetNames: "images/[name]",
  loader: { ".png": "file" },
  alias: { leaflet: "leaflet/dist/leaflet-src.esm.js" },
};

mkdirSync(target, { recursive: true });
const there = (folder, names) => names.filter((name) => existsSync(join(here, folder, name)));
const parts = {};
for (const name of there("js", PAGES)) {
  parts[name] = partsOf(name, await build({ ...usual, entryPoints: [join(here, "js", name)], format: "esm", splitting: true }));
}
for (const name of there("js", [WORKER])) {
  parts[name] = partsOf(name, await build({ ...usual, entryPoints: [join(here, "js", name)], format: "iife" }));
}
await build({ ...usual, alias: {}, entryPoints: there("css", SHEETS).map((name) => join(here, "css", name)) });
writeFileSync(join(target, "parts.json"), `${JSON.stringify(parts, null, 1)}\n`);
rmSync(built, { recursive: true, force: true });
renameSync(target, built);

function partsOf(name, { metafile: { outputs } }) {
  const entry = Object.keys(outputs).find((path) => basename(path) === name);
  const beside = reached(outputs, [entry], ["import-statement"]);
  const sources = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return {
    beside: beside.map((path) => basename(path)).sort(),
    all: Object.keys(outputs).map((path) => basename(path)).sort(),
    sources: [...new Set(sources)].filter((path) => path.startsWith("static/")).map((path) => path.slice("static/".length)).sort(),
  };
}

function reached(outputs, from, kinds) {
  const seen = new Set();
  const next = [...from];
  while (next.length) {
    for (const { path, kind } of outputs[next.pop()].imports) {
      if (!kinds.includes(kind) || seen.has(path)) continue;
      seen.add(path);
      next.push(path);
    }
  }
  return [...seen];
}

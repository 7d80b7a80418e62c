// Copies the front-end libraries from node_modules to static/vendor, from where our own host serves them.
// Leaflet's minified build, not its ES module: 42 kB against 109 kB on the line (the module is not minified).
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "..", "node_modules", "leaflet");
const target = join(here, "vendor", "leaflet");

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const name of ["leaflet.js", "leaflet.css"]) copyFileSync(join(source, "dist", name), join(target, name));
cpSync(join(source, "dist", "images"), join(target, "images"), { recursive: true });
copyFileSync(join(source, "LICENSE"), join(target, "LICENSE"));
writeFileSync(join(target, "leaflet.d.ts"), "export {};\n"); // tsc need not read a minified file

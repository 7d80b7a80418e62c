// The service worker: keeps the shell (pages, scripts, styles) by version, so that the list opens without a line, and sends
// what was kept when the line is back. It keeps no answer of the API: what is shown offline says so (static/js/offline).

import { deliver } from "./outbox.js";

/** @typedef {{version: string, pages: string[], files: string[]}} Shell told by the server in front of this script */
/** @typedef {Event & {waitUntil: (work: Promise<unknown>) => void}} Waiting */
/** @typedef {Waiting & {request: Request, respondWith: (answer: Promise<Response>) => void}} Asked */
/** @typedef {{(name: "fetch", act: (event: Asked) => void): void, (name: "message", act: (event: MessageEvent) => void): void,
 *   (name: string, act: (event: Waiting & {tag?: string}) => void): void}} Listen */
/** @typedef {{addEventListener: Listen, skipWaiting: () => Promise<void>, clients: {claim: () => Promise<void>},
 *   registration: ServiceWorkerRegistration, location: Location}} Worker typed here: the types of a worker and of a page exclude each other */

const worker = /** @type {Worker} */ (/** @type {unknown} */ (self));
const { version, pages, files } = /** @type {{shell: Shell}} */ (/** @type {unknown} */ (self)).shell;
const SHELL = `shell-${version}`;
const LAYERS = "layers";
const [START, UNREACHED] = pages;
const PATIENCE_MS = 6000;
const OWN = ["/api/", "/ogc", "/static/", "/map/", "/healthz", "/sw.js"];
const CHOICES = ["lang", "theme"];

let stale = false;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => answer(event));
worker.addEventListener("message", ({ data }) => data === "take over" && worker.skipWaiting());
worker.addEventListener("sync", (event) => event.tag === "outbox" && event.waitUntil(deliver()));

async function install() {
  const cache = await caches.open(SHELL);
  await cache.addAll(files);
  await Promise.all(pages.map((page) => renew(page, true)));
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== SHELL).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/**
 * Fetch a page of the shell anew; one of another version is left to the worker of that version.
 * @param {string} page
 * @param {boolean} [needed] whether to fail where it cannot be had
 */
async function renew(page, needed = false) {
  const response = await fetch(page, { cache: "no-store" });
  const fits = response.ok && (await response.clone().text()).includes(`/static/${version}/`);
  if (fits) await (await caches.open(SHELL)).put(page, response);
  else if (needed) throw new Error(`${page} is not of version ${version}`);
  else await worker.registration.update();
}

/** @returns {Promise<void>} rejected never */
async function renewAll() {
  await Promise.all(pages.map((page) => renew(page))).then(() => (stale = false), () => undefined);
}

/** @param {Asked} event */
function answer(event) {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.mode === "navigate") {
    if (!OWN.some((start) => url.pathname.startsWith(start))) event.respondWith(page(event, url));
  } else if (request.method === "GET" && url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  } else if (request.method === "GET" && url.pathname.startsWith("/map/") && url.searchParams.has("v")) {
    event.respondWith(layer(request, url));
  }
}

/**
 * Open a page: the finder at once as it is kept, renewed behind; others from the server, or what there is instead.
 * @param {Asked} event
 * @param {URL} url
 * @returns {Promise<Response>}
 */
async function page(event, url) {
  const { request } = event;
  const chosen = request.method !== "GET" || CHOICES.some((name) => url.searchParams.has(name));
  if (url.pathname === START && !chosen && !stale) {
    const kept = await caches.match(START, { cacheName: SHELL });
    if (kept) {
      event.waitUntil(renewAll());
      return kept;
    }
  }
  stale = stale || chosen;
  try {
    const response = await Promise.race([fetch(request), tooLate(chosen)]);
    if (chosen) event.waitUntil(renewAll());
    return response;
  } catch (fault) {
    const kept = await caches.match(url.pathname === START ? START : UNREACHED, { cacheName: SHELL });
    if (kept) return kept;
    throw fault;
  }
}

/**
 * @param {boolean} never whether to wait as long as the browser does: what is sent is not given up
 * @returns {Promise<never>}
 */
function tooLate(never) {
  return new Promise((_, failed) => never || setTimeout(() => failed(new Error("too late")), PATIENCE_MS));
}

/**
 * A layer of the base map: its address names its content, so the one that is kept will do; older ones are dropped.
 * @param {Request} request
 * @param {URL} url
 * @returns {Promise<Response>}
 */
async function layer(request, url) {
  const kept = await caches.match(request, { cacheName: LAYERS });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await keepLayer(request, url, response.clone()).catch(() => undefined);
  return response;
}

/**
 * @param {Request} request
 * @param {URL} url
 * @param {Response} response
 */
async function keepLayer(request, url, response) {
  const cache = await caches.open(LAYERS);
  const older = (await cache.keys()).filter((each) => new URL(each.url).pathname === url.pathname);
  await Promise.all(older.map((each) => cache.delete(each)));
  await cache.put(request, response);
}

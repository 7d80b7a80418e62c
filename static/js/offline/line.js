// Whether the line is back, while it is lost: asked again soon, when the phone finds a net, when the page is looked at.

const EVERY_MS = 10000;
const PATIENCE_MS = 3000;
const ADDRESS = "/healthz";

/** @type {(() => void) | null} */
let waiting = null;
let timer = 0;
let asking = false;

/**
 * Have the server asked until it answers; while that goes on a later call changes nothing.
 * @param {() => void} back called once, when it answers
 */
export function awaitLine(back) {
  if (waiting) return;
  waiting = back;
  timer = window.setInterval(ask, EVERY_MS);
}

/** The server was heard by another way: no need to ask. */
export function lineIsBack() {
  window.clearInterval(timer);
  waiting = null;
}

async function ask() {
  if (!waiting || asking || document.hidden) return;
  asking = true;
  const patience = new AbortController();
  const late = window.setTimeout(() => patience.abort(), PATIENCE_MS);
  const response = await fetch(ADDRESS, { cache: "no-store", signal: patience.signal }).catch(() => null);
  window.clearTimeout(late);
  asking = false;
  const back = waiting;
  if (!response || !response.ok || !back) return;
  lineIsBack();
  back();
}

window.addEventListener("online", ask);
document.addEventListener("visibilitychange", ask);

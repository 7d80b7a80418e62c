// The lines over the list: what was found, what is going on, what went wrong and what to do about it, how old it is.

import { tell } from "./words.js";

const OLD_MS = 120000;
const line = /** @type {HTMLElement} */ (document.getElementById("status"));
const stale = /** @type {HTMLElement} */ (document.getElementById("stale"));
const still = /** @type {HTMLElement} */ (document.getElementById("still"));
const help = /** @type {HTMLElement} */ (document.getElementById("help"));
const retry = /** @type {HTMLElement} */ (document.getElementById("retry"));
const tap = /** @type {HTMLElement} */ (document.getElementById("tap"));
let answered = performance.now();
/** @type {() => void} */
let again = () => undefined;

retry.addEventListener("click", () => again());

/**
 * @param {string} text
 * @param {boolean} [quiet] a refresh: nothing is said anew when it is the same, and no fault is covered
 */
export function say(text, quiet = false) {
  if (quiet && (line.textContent === text || text === "")) return;
  line.className = "status";
  line.textContent = text;
  help.hidden = true;
}

/**
 * Say what the list below is of, where it is not of what was asked for.
 * @param {string} text "" when it is
 */
export function label(text) {
  still.textContent = text;
  still.hidden = !text;
}

/** Offer a tap on the map: the place is not known well enough. */
export function offerTap() {
  [retry.hidden, tap.hidden, help.hidden] = [true, false, false];
}

/** Bring the line, and what follows it, into sight. */
export function showStatus() {
  line.scrollIntoView({ block: "start" });
}

/**
 * @param {unknown} fault an Error whose message is a sentence for the reader
 * @param {(() => void) | null} [anew] what a second try does
 * @param {boolean} [pick] whether a tap on the map would help
 */
export function complain(fault, anew = null, pick = false) {
  line.className = "status status--fault";
  line.textContent = fault instanceof Error ? fault.message : String(fault);
  again = anew || again;
  retry.hidden = !anew;
  tap.hidden = !pick;
  help.hidden = !anew && !pick;
}

/**
 * An answer has come: say from where, when it is not from the server.
 * @param {{words: string} | undefined} offline
 */
export function fresh(offline) {
  answered = performance.now();
  stale.hidden = !offline;
  if (offline) stale.textContent = offline.words;
}

/** No answer has come: say so when what is shown is old. The phone's own clock is not asked for the time of day. */
export function age() {
  const waited_ms = performance.now() - answered;
  if (waited_ms < OLD_MS) return;
  stale.textContent = tell("No connection for {minutes} minutes: what you see may be old.", { minutes: Math.round(waited_ms / 60000) });
  stale.hidden = false;
}

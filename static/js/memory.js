// What this tab remembers of the question under way: with its entry in the history, so that Back and reload bring it
// back. It is no part of the address, is stored nowhere else and ends with the tab.

/**
 * @typedef {object} Memory
 * @property {import("./place.js").Place} place
 * @property {number} count how many rows were asked for
 * @property {[number, number]} [scroll] pixels, of the page and of the list's pane
 */

/** @returns {Memory | null} */
export function remembered() {
  const kept = window.history.state;
  return kept && kept.place ? kept : null;
}

/**
 * @param {Partial<Memory>} change
 */
export function remember(change) {
  window.history.replaceState({ ...window.history.state, ...change }, "");
}

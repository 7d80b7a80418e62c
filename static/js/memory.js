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

const ONWARD = "stationmap.onward";

/**
 * Note for the next page of this tab that it was reached from the list.
 * @param {string} pathname of that page
 */
export function goOnward(pathname) {
  try {
    window.sessionStorage.setItem(ONWARD, pathname);
  } catch {
    // without storage the plain link leads back
  }
}

/** @returns {boolean} whether the list stands one step behind this page in the history; reload keeps the answer */
export function arrivedFromList() {
  try {
    if (window.sessionStorage.getItem(ONWARD) === window.location.pathname) {
      window.history.replaceState({ ...window.history.state, fromList: true }, "");
    }
    window.sessionStorage.removeItem(ONWARD);
  } catch {
    return false;
  }
  return Boolean(window.history.state && window.history.state.fromList);
}

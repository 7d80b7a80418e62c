// On a phone list and map lie one under the other: a button leads to the one that is out of sight.

const toMap = /** @type {HTMLElement} */ (document.getElementById("to-map"));
const toList = /** @type {HTMLElement} */ (document.getElementById("to-list"));
const HALF = 0.5;

/** Have the button lead to the view that is not there. */
export function followViews() {
  const section = /** @type {HTMLElement} */ (document.getElementById("map-section"));
  const watcher = new IntersectionObserver(
    ([{ intersectionRatio }]) => {
      toMap.hidden = intersectionRatio >= HALF;
      toList.hidden = !toMap.hidden;
    },
    { threshold: [HALF] },
  );
  watcher.observe(section);
}

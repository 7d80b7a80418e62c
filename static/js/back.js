// "Back to the list" goes back to the very list he came from, where it is one step behind: its position is kept there.

const link = /** @type {HTMLElement} */ (document.querySelector(".back a"));

/** @returns {boolean} whether the page before this one is our list */
function listIsBehind() {
  if (!document.referrer || window.history.length < 2) return false;
  const { origin, pathname } = new URL(document.referrer);
  return origin === window.location.origin && pathname === "/";
}

link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !listIsBehind()) return;
  event.preventDefault();
  window.history.back();
});

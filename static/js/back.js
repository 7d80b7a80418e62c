// "Back to the list" goes back to the very list he came from, where it is one step behind: its position is kept there.

import { arrivedFromList } from "./memory.js";

const link = /** @type {HTMLElement} */ (document.querySelector(".back a"));
const listIsBehind = arrivedFromList();

link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !listIsBehind) return;
  event.preventDefault();
  window.history.back();
});

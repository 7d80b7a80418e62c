// "Back to the list" goes back to the very list he came from, where it is one step behind: its position is kept there.

import { arrivedFromList } from "./memory.js";

const link = document.querySelector('.back a[href^="/"]:not([href^="/stations"])');
const listIsBehind = Boolean(link) && arrivedFromList();

link?.addEventListener("click", (event) => {
  const { ctrlKey, metaKey, shiftKey } = /** @type {MouseEvent} */ (event);
  if (ctrlKey || metaKey || shiftKey || !listIsBehind) return;
  event.preventDefault();
  window.history.back();
});

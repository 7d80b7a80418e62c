// The finder's page: position and filters in, list and map out. It works without this script as a form and a list.

import { listen, typedFields, unfold } from "./form.js";
import { remembered } from "./memory.js";
import { followList, openMap } from "./pair.js";
import { locate, typed } from "./place.js";
import { goTo, leave, located, more, resume, search } from "./search.js";
import { complain, say, showStatus } from "./status.js";
import { followViews } from "./views.js";
import { tell } from "./words.js";

const REFRESH_MS = 60000;
const DECIMALS = 1e6;

const button = /** @type {HTMLElement} */ (document.getElementById("locate"));

async function useBrowserPosition() {
  button.setAttribute("aria-busy", "true");
  say(tell("Looking for your position…"));
  try {
    await goTo(await locate());
  } catch (fault) {
    complain(fault);
    showStatus();
  }
  button.removeAttribute("aria-busy");
}

function useTyped() {
  const { position, datum } = typedFields();
  if (!position) {
    useBrowserPosition();
    return;
  }
  try {
    goTo(typed(position, datum));
  } catch (fault) {
    complain(fault);
  }
}

/**
 * @param {number} lon
 * @param {number} lat
 */
function useTap(lon, lat) {
  const short = (/** @type {number} */ degrees) => Math.round(degrees * DECIMALS) / DECIMALS;
  goTo({ lon: short(lon), lat: short(lat), datum: "wgs84" }, { frame: false });
}

function showResults() {
  if (located()) showStatus();
  else useTyped();
}

function refresh() {
  if (!document.hidden) search({ frame: false, quiet: true });
}

listen({ onFilter: () => search(), onTyped: useTyped, onDone: showResults });
unfold();
followList();
followViews();
button.addEventListener("click", useBrowserPosition);
document.getElementById("further")?.addEventListener("click", more);
document.getElementById("answer")?.addEventListener("click", leave);
document.addEventListener("visibilitychange", refresh);
window.addEventListener("pageshow", ({ persisted }) => persisted && refresh());
window.setInterval(refresh, REFRESH_MS);
openMap(useTap);
const memory = remembered();
if (memory) resume(memory);
else if (typedFields().position) useTyped();

// On a phone list and map are two views, and the address says which; from 60rem on they stand side by side.

import { step, view, written } from "./address.js";
import { asked } from "./form.js";

const WIDE = "(min-width: 60rem)";
const links = { map: "to-map", list: "to-list" };

/**
 * Have the buttons change the view, and call back whenever the map comes into sight.
 * @param {() => void} opened
 */
export function offerViews(opened) {
  const wide = window.matchMedia(WIDE);
  const follow = () => {
    show();
    if (wide.matches || view() === "map") opened();
  };
  for (const next of /** @type {("map" | "list")[]} */ (["map", "list"])) {
    for (const link of document.querySelectorAll(next === "map" ? "#to-map, #tap" : "#to-list")) {
      link.addEventListener("click", (event) => {
        const { ctrlKey, metaKey, shiftKey } = /** @type {MouseEvent} */ (event);
        if (ctrlKey || metaKey || shiftKey) return;
        event.preventDefault();
        step(next);
        follow();
        window.scrollTo(0, 0);
        document.getElementById(next === "map" ? links.list : links.map)?.focus();
      });
    }
  }
  if (wide.addEventListener) wide.addEventListener("change", follow);
  else wide.addListener(follow); // Safari 13
  window.addEventListener("popstate", follow);
  follow();
}

/** Show the view that the address names, and keep the buttons' own addresses those of the form. */
export function show() {
  const now = view();
  const card = document.getElementById("card");
  document.body.classList.toggle("view-map", now === "map");
  if (card && now === "list") card.textContent = "";
  for (const next of /** @type {("map" | "list")[]} */ (["map", "list"])) {
    const link = /** @type {HTMLAnchorElement} */ (document.getElementById(links[next]));
    link.hidden = now === next;
    link.href = written({ ...asked(), view: next });
  }
}

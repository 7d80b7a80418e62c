// Filters, time and view live in the address: it can be shared, and Back undoes. The position is never in it.

import { asked, choose } from "./form.js";

/** @typedef {"list" | "map"} View */

/**
 * Return what an address asks for.
 * @param {string} query
 * @returns {import("./form.js").Asked & {view: View}}
 */
export function read(query) {
  const given = new URLSearchParams(query);
  return {
    need: given.getAll("need"),
    kind: given.getAll("kind"),
    open: given.get("open") || (given.get("any") === "1" ? "any" : "arrival"),
    at: given.get("at") || "",
    mode: given.get("mode") || "walk",
    view: given.get("view") === "map" ? "map" : "list",
  };
}

/**
 * Return the address of what is asked for; what goes without saying is left out.
 * @param {import("./form.js").Asked & {view: View}} wanted
 * @returns {string}
 */
export function written({ need, kind, open, at, mode, view }) {
  const kept = new URLSearchParams();
  need.forEach((code) => kept.append("need", code));
  kind.forEach((code) => kept.append("kind", code));
  if (open !== "arrival") kept.set("open", open);
  if (at) kept.set("at", at);
  if (mode !== "walk") kept.set("mode", mode);
  if (view !== "list") kept.set("view", view);
  const query = kept.toString();
  return query ? `/?${query}` : "/";
}

/** @returns {View} the view that the address names */
export function view() {
  return read(window.location.search).view;
}

/**
 * Have a form that goes to the server take the present filters and view along, in its address too.
 * @param {HTMLFormElement} form
 */
export function carry(form) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("view"));
  field.value = view();
  form.action = written({ ...asked(), view: view() });
}

/**
 * Write the form and a view into the address, as a step of its own that Back undoes.
 * @param {View} [next] the present view when left out
 */
export function step(next = view()) {
  const { place, count } = window.history.state || {};
  const to = written({ ...asked(), view: next });
  if (to !== window.location.pathname + window.location.search) window.history.pushState(place ? { place, count } : null, "", to);
}

/**
 * Call back when Back or Forward changed the address, after the form was set to it.
 * @param {() => void} changed
 */
export function onBack(changed) {
  window.addEventListener("popstate", () => {
    choose(read(window.location.search));
    changed();
  });
}

/** Let the table that is offered be of what is asked for now. */
export function offerTable() {
  const link = /** @type {HTMLAnchorElement | null} */ (document.getElementById("table"));
  link?.addEventListener("click", () => {
    const { need, kind, open, at } = asked();
    const kept = new URLSearchParams();
    need.forEach((code) => kept.append("need", code));
    kind.forEach((code) => kept.append("kind", code));
    if (open === "now") kept.set("open", open);
    if (open === "now" && at) kept.set("at", at);
    link.search = kept.toString();
  });
}

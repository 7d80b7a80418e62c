// What if: a station pressed on the map is changed, an empty place gets a new one. The changes stand in the form, so that
// they are in the address and are shared with it.

import { L } from "../leaflet.js";
import { settings } from "../settings.js";
import { tell } from "../words.js";

const TILL = ["20:00", "22:00", "24:00"];
const HOURS = ["24/7", "Mo-Su 06:00-22:00", "Mo-Su 08:00-18:00"];
const MOST = 50;

/** @typedef {{id: string, name: string}} Station */

export class WhatIf {
  /**
   * @param {HTMLFormElement} form
   * @param {() => void} ask
   */
  constructor(form, ask) {
    this.field = /** @type {HTMLInputElement} */ (form.elements.namedItem("changes"));
    this.form = form;
    this.ask = ask;
    this.place = /** @type {HTMLElement} */ (document.getElementById("changes"));
    this.place.addEventListener("click", (event) => {
      const out = event.target instanceof Element ? event.target.closest("button[name=drop]") : null;
      if (!(out instanceof HTMLButtonElement)) return;
      event.preventDefault();
      this.keep(this.changes().filter((_, number) => number !== Number(out.value)));
    });
  }

  /** @returns {object[]} */
  changes() {
    try {
      const told = JSON.parse(this.field.value || "[]");
      return Array.isArray(told) ? told : [];
    } catch (fault) {
      return [];
    }
  }

  /** @param {object[]} changes */
  keep(changes) {
    this.field.value = changes.length ? JSON.stringify(changes.slice(0, MOST)) : "";
    this.ask();
  }

  /** @param {string} html the list as the server tells it */
  list(html) {
    if (this.place.innerHTML !== html) this.place.innerHTML = html;
  }

  /** @returns {string[]} codes of the services that are asked for */
  needs() {
    return new FormData(this.form).getAll("need").map(String);
  }

  /**
   * Return what may be done with a station.
   * @param {Station} station
   * @param {() => void} done called when something was chosen
   * @returns {HTMLElement}
   */
  leaf({ id, name }, done) {
    const made = id.startsWith("new-");
    const leaf = element("div", "leaf");
    if (made) leaf.append(element("b", "", tell("New station")));
    else leaf.append(link(id, name));
    const act = (/** @type {string} */ words, /** @type {object} */ change) => leaf.append(button(words, () => this.take(change, done)));
    if (made) {
      leaf.append(button(tell("Take it out again"), () => this.drop(id, done)));
      return leaf;
    }
    TILL.forEach((time) => act(tell("Open till {time}", { time }), { open_till: id, time }));
    this.needs().forEach((service) => act(tell("Add: {service}", { service: settings.labels.services[service] || service }), { add: id, service }));
    act(tell("Close it"), { close: id });
    return leaf;
  }

  /**
   * Return the offer of a new station.
   * @param {import("leaflet").LatLng} at
   * @param {() => void} done
   * @returns {HTMLElement}
   */
  offer({ lng, lat }, done) {
    const leaf = element("div", "leaf");
    leaf.append(element("b", "", tell("A new station here")));
    const services = this.needs();
    const told = services.map((code) => settings.labels.services[code] || code).join(tell(", "));
    if (told) leaf.append(element("p", "", tell("It has what you ask for: {services}", { services: told })));
    const kinds = new FormData(this.form).getAll("kind").map(String).slice(0, 1);
    HOURS.forEach((hours) => {
      const change = { new: this.free(), lon: round(lng), lat: round(lat), hours, services, kinds };
      leaf.append(button(hours === "24/7" ? tell("Open day and night") : hours.slice(6), () => this.take(change, done)));
    });
    return leaf;
  }

  /** @returns {string} an id that no new station has */
  free() {
    const taken = this.changes().map((change) => /** @type {any} */ (change).new);
    let number = 1;
    while (taken.includes(`new-${number}`)) number += 1;
    return `new-${number}`;
  }

  /**
   * @param {object} change
   * @param {() => void} done
   */
  take(change, done) {
    done();
    this.keep([...this.changes(), change]);
  }

  /**
   * @param {string} id of a new station
   * @param {() => void} done
   */
  drop(id, done) {
    done();
    this.keep(this.changes().filter((change) => /** @type {any} */ (change).new !== id));
  }

  /** @param {import("leaflet").Map} map on which an empty place may be pressed */
  watch(map) {
    map.on("click", (event) => {
      const { latlng } = /** @type {import("leaflet").LeafletMouseEvent} */ (event);
      const popup = L.popup({ className: "place-leaf", closeButton: true }).setLatLng(latlng);
      popup.setContent(this.offer(latlng, () => popup.remove())).openOn(map);
    });
  }
}

/**
 * @param {string} name
 * @param {string} look
 * @param {string} [text]
 * @returns {HTMLElement}
 */
function element(name, look, text = "") {
  const made = document.createElement(name);
  if (look) made.className = look;
  made.textContent = text;
  return made;
}

/**
 * @param {string} id
 * @param {string} name
 * @returns {HTMLElement}
 */
export function link(id, name) {
  const made = document.createElement("a");
  made.href = settings.station + encodeURIComponent(id);
  made.textContent = name;
  return made;
}

/**
 * @param {string} words
 * @param {() => void} press
 * @returns {HTMLElement}
 */
function button(words, press) {
  const made = /** @type {HTMLButtonElement} */ (element("button", "button", words));
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

/** @param {number} degrees @returns {number} to a tenth of a metre */
function round(degrees) {
  return Math.round(degrees * 1e6) / 1e6;
}

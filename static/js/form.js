// What stands in the form: chips, switches, a time, a place. The position never leaves it but in the body of a POST.

const form = /** @type {HTMLFormElement} */ (document.getElementById("ask"));
const more = /** @type {HTMLDetailsElement} */ (form.querySelector(".more"));
const FILTERS = ["need", "kind", "open", "at", "mode"];
const NATIVE = ["lang"];

/** @typedef {{need: string[], kind: string[], open: string, at: string, mode: string}} Asked */

/** @returns {Asked} what is asked for; `at` is the place's local time, "" for now */
export function asked() {
  const given = new FormData(form);
  return {
    need: given.getAll("need").map(String),
    kind: given.getAll("kind").map(String),
    open: String(given.get("open") || "arrival"),
    at: String(given.get("at") || ""),
    mode: String(given.get("mode") || "walk"),
  };
}

/**
 * Put what is asked for into the form.
 * @param {Asked} wanted
 */
export function choose({ need, kind, open, at, mode }) {
  for (const input of form.querySelectorAll("input")) {
    if (input.name === "need") input.checked = need.includes(input.value);
    if (input.name === "kind") input.checked = kind.includes(input.value);
    if (input.name === "open") input.checked = input.value === open;
    if (input.name === "mode") input.checked = input.value === mode;
    if (input.name === "at") input.value = at;
  }
  tellFolded();
}

/**
 * Put one need among what is asked for.
 * @param {string} need
 */
export function add(need) {
  const wanted = asked();
  choose({ ...wanted, need: [...wanted.need, need] });
}

/**
 * Take one need out of what is asked for.
 * @param {string} need
 */
export function drop(need) {
  const wanted = asked();
  choose({ ...wanted, need: wanted.need.filter((code) => code !== need) });
}

/** Tell how many of the chosen filters lie in the folded parts of the form. */
function tellFolded() {
  const told = (/** @type {string} */ id, /** @type {string} */ text) => {
    const element = document.getElementById(id);
    if (element) element.textContent = text;
  };
  told("rare", String(more.querySelectorAll("input:checked").length || ""));
  told("when", asked().at.slice(5).replace("T", " "));
}

/** Unfold what is asked for. While filters are chosen nothing else lies over the page. */
export function unfold() {
  form.addEventListener("change", tellFolded);
  tellFolded();
  more.addEventListener("toggle", () => document.body.classList.toggle("choosing", more.open));
  const button = /** @type {HTMLElement} */ (document.getElementById("type"));
  button.addEventListener("click", () => {
    const open = /** @type {HTMLElement} */ (button.parentElement).classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });
}

/** @returns {{position: string, datum: string, place: string, placed: string}} `placed`: see `spot` of place.js */
export function typedFields() {
  const given = new FormData(form);
  const text = (/** @type {string} */ name) => String(given.get(name) || "").trim();
  return { position: text("position"), datum: text("datum"), place: text("place"), placed: text("placed") };
}

/**
 * Put a place into the form, so that it goes along when the page is asked for in another language.
 * @param {import("./place.js").Place} place
 */
export function keepPlace({ lon, lat, datum, name = "", area }) {
  const field = (/** @type {string} */ each) => /** @type {HTMLInputElement} */ (form.elements.namedItem(each));
  field("position").value = `${lon},${lat}`;
  field("datum").value = datum;
  field("place").value = name;
  field("placed").value = name ? `${lon},${lat}${area ? ",area" : ""} ${name}` : "";
}

/** Take away what was typed as a place. */
export function clearPlace() {
  /** @type {HTMLInputElement} */ (form.elements.namedItem("place")).value = "";
}

/**
 * Call back when a filter changes, when something typed is sent (from which button), when filters are chosen, and
 * before the form goes to the server.
 * @param {{onFilter: () => void, onTyped: (place: boolean) => void, onDone: () => void, onNative: (form: HTMLFormElement) => void}} callbacks
 */
export function listen({ onFilter, onTyped, onDone, onNative }) {
  form.addEventListener("change", (event) => {
    if (FILTERS.includes(/** @type {HTMLInputElement} */ (event.target).name)) onFilter();
  });
  form.addEventListener("submit", (event) => {
    const sender = /** @type {SubmitEvent} */ (event).submitter || document.activeElement;
    if (sender instanceof HTMLButtonElement && NATIVE.includes(sender.name)) {
      onNative(form);
      return;
    }
    event.preventDefault();
    const from = sender instanceof HTMLElement ? sender.id : "";
    if (from === "done") {
      more.open = false;
      onDone();
    } else {
      onTyped(from === "look" || document.activeElement?.id === "place");
    }
  });
}

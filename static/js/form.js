// What is asked for: the chips and switches of the form. They live in the address; the position never does.

const form = /** @type {HTMLFormElement} */ (document.getElementById("ask"));
const more = /** @type {HTMLDetailsElement} */ (form.querySelector(".more"));
const FILTERS = ["need", "kind", "any", "mode"];

/** @returns {{need: string[], kind: string[], any: boolean, mode: string}} */
export function asked() {
  const given = new FormData(form);
  return {
    need: given.getAll("need").map(String),
    kind: given.getAll("kind").map(String),
    any: given.get("any") === "1",
    mode: String(given.get("mode")),
  };
}

/**
 * Tell how many of the chosen filters lie in the folded part of the form, and unfold what is typed when asked. While
 * filters are chosen nothing else lies over the page.
 */
export function unfold() {
  const rare = /** @type {HTMLElement} */ (document.getElementById("rare"));
  const count = () => {
    const chosen = more.querySelectorAll("input:checked").length;
    rare.textContent = chosen ? String(chosen) : "";
  };
  form.addEventListener("change", count);
  count();
  more.addEventListener("toggle", () => document.body.classList.toggle("choosing", more.open));
  const button = /** @type {HTMLElement} */ (document.getElementById("type"));
  button.addEventListener("click", () => {
    const open = /** @type {HTMLElement} */ (button.parentElement).classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });
}

/** @returns {{position: string, datum: string}} */
export function typedFields() {
  const given = new FormData(form);
  return { position: String(given.get("position") || "").trim(), datum: String(given.get("datum")) };
}

/**
 * Put a position into the form, so that it goes along when the page is asked for in another language.
 * @param {string} position
 * @param {string} datum
 */
export function keepPosition(position, datum) {
  /** @type {HTMLInputElement} */ (form.elements.namedItem("position")).value = position;
  /** @type {HTMLSelectElement} */ (form.elements.namedItem("datum")).value = datum;
}

/**
 * Call back when a chip or switch changes, when coordinates are sent, and when the choice of filters is done.
 * @param {{onFilter: () => void, onTyped: () => void, onDone: () => void}} callbacks
 */
export function listen({ onFilter, onTyped, onDone }) {
  form.addEventListener("change", (event) => {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    if (!FILTERS.includes(name)) return;
    keepInAddress();
    onFilter();
  });
  form.addEventListener("submit", (event) => {
    const sender = /** @type {SubmitEvent} */ (event).submitter || document.activeElement;
    if (sender instanceof HTMLButtonElement && sender.name === "lang") return;
    event.preventDefault();
    if (sender instanceof HTMLElement && sender.id === "done") {
      more.open = false;
      onDone();
    } else {
      onTyped();
    }
  });
}

function keepInAddress() {
  const { need, kind, any, mode } = asked();
  const kept = new URLSearchParams();
  need.forEach((code) => kept.append("need", code));
  kind.forEach((code) => kept.append("kind", code));
  if (any) kept.set("any", "1");
  if (mode !== "walk") kept.set("mode", mode);
  const query = kept.toString();
  window.history.replaceState(window.history.state, "", query ? `/?${query}` : "/");
}

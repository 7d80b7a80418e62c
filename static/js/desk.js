// The planner's desk: a form in, an answer and a map out. Without this script the form sends itself and the page comes
// back with the same answer, without the map.

import { Answers } from "./desk/answers.js";
import { DeskMap } from "./desk/map.js";
import { fill, filled, onBack, remember } from "./desk/question.js";
import { Sliders } from "./desk/sliders.js";
import { WhatIf } from "./desk/whatif.js";
import { offerSunlight } from "./sunlight.js";
import { tell } from "./words.js";

const AGAIN_MS = 1000;

const form = /** @type {HTMLFormElement} */ (document.getElementById("question"));
const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));
const head = /** @type {HTMLElement} */ (document.getElementById("head"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const whatIf = new WhatIf(form, ask);
const map = new DeskMap(/** @type {HTMLElement} */ (document.getElementById("map")), whatIf);
const answers = new Answers({ show, fail });
const sliders = new Sliders(form);

/** Ask what stands in the form; while an answer is on its way only the latest question waits. */
function ask() {
  sliders.show();
  const question = filled(form);
  question.delete("name");
  remember(question);
  answers.ask(question);
}

/** @param {import("./desk/answers.js").Told} told */
async function show(told) {
  if (told.later) {
    say(told.later, false);
    if (told.wait) window.setTimeout(ask, AGAIN_MS);
    return;
  }
  say("", false);
  head.innerHTML = told.head;
  answer.innerHTML = told.html;
  whatIf.list(told.changes);
  document.title = told.title;
  await map.show(told);
  document.body.dataset.answered = String(Number(document.body.dataset.answered || 0) + 1);
}

/** @param {Error} fault */
function fail(fault) {
  say(fault.message, true);
}

/**
 * @param {string} text
 * @param {boolean} fault
 */
function say(text, fault) {
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("status--fault", fault);
}

/** @param {Event} event a press in the answer: an hour of the week, or a gap */
function pressed({ target }) {
  if (!(target instanceof Element)) return;
  const hour = target.closest("[data-hour]");
  const gap = target.closest("[data-gap]");
  if (hour) {
    sliders.choose(String(hour.getAttribute("data-hour")));
    ask();
  }
  if (gap) map.look(Number(gap.getAttribute("data-gap")));
}

/** @type {Element | null} the button that sends the form */
let button = null;
form.addEventListener("click", ({ target }) => (button = target instanceof Element ? target.closest("button") : null));
document.querySelector(".tools")?.addEventListener("click", ({ target }) => (button = target instanceof Element ? target.closest("button") : null));
form.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLInputElement && target.name === "name") return;
  ask();
});
form.addEventListener("submit", (event) => {
  const leaves = button instanceof HTMLButtonElement && (button.hasAttribute("formaction") || button.name === "lang");
  if (leaves) return;
  event.preventDefault();
  ask();
});
answer.addEventListener("click", pressed);
onBack((question) => {
  fill(form, question);
  ask();
});
document.body.classList.add("scripted");
offerSunlight();
window.addEventListener("load", () => map.map.invalidateSize());
map.map.invalidateSize();
say(tell("The map is being drawn."), false);
ask();

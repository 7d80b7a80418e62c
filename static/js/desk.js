// The planner's desk: a form in, an answer and a map out. Without this script the form sends itself and the page comes
// back with the same answer, without the map.

import { Answers } from "./desk/answers.js";
import { DeskMap } from "./desk/map.js";
import { filled, fill, onBack, remember } from "./desk/question.js";
import { offerRuns } from "./desk/runs.js";
import { offerSunlight } from "./sunlight.js";
import { tell } from "./words.js";

const PAUSE_MS = 80;

const form = /** @type {HTMLFormElement} */ (document.getElementById("question"));
const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const map = new DeskMap(/** @type {HTMLElement} */ (document.getElementById("map")));
const answers = new Answers();
let waiting = 0;

/** Ask once the hand rests for a moment: the map answers while one drags. */
function soon() {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(ask, PAUSE_MS);
}

async function ask() {
  const question = filled(form);
  remember(question);
  showHour();
  try {
    const told = await answers.to(question);
    if (!told) return; // overtaken by a later question
    answer.innerHTML = told.html;
    status.textContent = "";
    await map.show(told, question.get("demand") || "");
    document.title = told.title;
  } catch (fault) {
    status.textContent = fault instanceof Error ? fault.message : String(fault);
  }
}

/** Say which hour the slider stands at, in words that the server gave with it. */
function showHour() {
  const slider = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("hour"));
  const told = document.getElementById("hour-words");
  if (!slider || !told) return;
  const day = tell(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][Math.floor(Number(slider.value) / 24)]);
  const hour = Number(slider.value) % 24;
  told.textContent = `${day} ${hour}:00-${hour + 1}:00`;
}

/** @param {Event} event a press in the answer: an hour of the week, or a gap */
function pressed({ target }) {
  if (!(target instanceof Element)) return;
  const hour = target.closest("[data-hour]");
  const gap = target.closest("[data-gap]");
  if (hour) choose(String(hour.getAttribute("data-hour")));
  if (gap) map.look(Number(gap.getAttribute("data-gap")));
}

/** @param {string} hour of the week, to be asked for */
function choose(hour) {
  const when = /** @type {HTMLSelectElement} */ (form.elements.namedItem("when"));
  const slider = /** @type {HTMLInputElement} */ (form.elements.namedItem("hour"));
  when.value = "week";
  slider.value = hour;
  ask();
}

form.addEventListener("input", soon);
form.addEventListener("change", soon);
form.addEventListener("submit", (event) => {
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
offerRuns(form);
ask();

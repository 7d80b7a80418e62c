// A saved run: its map as it was, or how far it is while it is worked out.

import { asked } from "./desk/answers.js";
import { DeskMap } from "./desk/map.js";

const AGAIN_MS = 1500;

const map = document.getElementById("map");
const progress = document.getElementById("progress");

/** @param {HTMLElement} element */
async function draw(element) {
  const drawn = new DeskMap(element);
  document.getElementById("answer")?.addEventListener("click", ({ target }) => {
    const gap = target instanceof Element ? target.closest("[data-gap]") : null;
    if (gap) drawn.look(Number(gap.getAttribute("data-gap")));
  });
  try {
    const told = await asked(String(element.dataset.at));
    drawn.take(told.places);
    drawn.dots.take(told.where);
    drawn.paint(told);
    document.body.dataset.answered = "1";
  } catch (fault) {
    const status = document.getElementById("status");
    if (status) status.textContent = fault instanceof Error ? fault.message : String(fault);
  }
}

/** @param {HTMLElement} told */
async function follow(told) {
  const bar = /** @type {HTMLProgressElement | null} */ (document.getElementById("bar"));
  try {
    const run = await asked(String(told.dataset.at));
    if (told.textContent !== run.progress) told.textContent = run.progress;
    if (bar && run.of) {
      bar.max = run.of;
      bar.value = run.steps;
    }
    if (!run.underway) {
      window.location.reload();
      return;
    }
  } catch (fault) {
    told.textContent = fault instanceof Error ? fault.message : String(fault);
  }
  window.setTimeout(() => follow(told), AGAIN_MS);
}

document.body.classList.add("scripted");
if (map) draw(map);
if (progress && progress.dataset.at) follow(progress);

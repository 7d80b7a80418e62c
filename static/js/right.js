// "Still right" in one tap, without leaving the page. Without this script the form goes to the server by itself.

import { NoLine, post } from "./sending.js";
import { tell } from "./words.js";

/** Have the button of the page send in the background. */
export function confirmInOneTap() {
  const form = document.getElementById("right");
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    confirm(form);
  });
}

/**
 * @param {HTMLFormElement} form
 */
async function confirm(form) {
  const button = form.querySelector("button");
  if (!button || button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const token = String(new FormData(form).get("token"));
  try {
    await post("confirmations", form.dataset.station || "", { token });
    settle(form, tell("Thank you. Others now see that it is still right."));
  } catch (fault) {
    say(fault instanceof NoLine ? fault.message : String(/** @type {Error} */ (fault).message));
  }
  button.removeAttribute("aria-busy");
}

/**
 * Take the button away, and say what became of the tap where the reader stands.
 * @param {HTMLFormElement} form
 * @param {string} text
 */
function settle(form, text) {
  say(text);
  form.hidden = true;
  const told = document.getElementById("said-told");
  told?.setAttribute("tabindex", "-1");
  told?.focus();
}

/**
 * @param {string} text
 */
function say(text) {
  const told = document.getElementById("said-told");
  if (told) told.textContent = text;
}

// "Still right" in one tap, without leaving the page. Without this script the form goes to the server by itself.

import { send } from "./outbox.js";
import { settings } from "./settings.js";
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
    const how = await send("confirmation", form.dataset.station || "", { token, lang: settings.language });
    const kept = tell("Kept on this phone: it is sent when you are connected again.");
    settle(form, how === "sent" ? tell("Thank you. Others now see that it is still right.") : kept);
  } catch (fault) {
    say(reason(fault));
  }
  button.removeAttribute("aria-busy");
}

/**
 * Return why something could be neither sent nor kept, in a sentence for the reader.
 * @param {unknown} fault
 * @returns {string}
 */
export function reason(fault) {
  const told = fault instanceof Error ? fault.message : "";
  return told || tell("No connection, and this phone keeps nothing that could be sent later. Try again when you are connected.");
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

// "Copy" beside an address or coordinates: for map apps that no button opens, as in WeChat. Without it the text can be
// selected by hand.

import { tell } from "./words.js";

const SAID_FOR_MS = 3000;

/** Show the buttons and have each copy the text it stands beside. */
export function offerCopies() {
  for (const button of document.querySelectorAll("[data-copies]")) {
    if (!(button instanceof HTMLElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => copyBeside(button));
  }
}

/**
 * @param {HTMLElement} button
 */
async function copyBeside(button) {
  const source = document.getElementById(button.dataset.copies || "");
  if (!source) return;
  const done = await copied(source);
  const word = button.textContent;
  button.textContent = done ? tell("copied") : tell("Hold the text to copy it");
  button.setAttribute("aria-live", "polite");
  window.setTimeout(() => (button.textContent = word), SAID_FOR_MS);
}

/**
 * Copy the text of an element, the old way where the new one is refused or missing.
 * @param {HTMLElement} source
 * @returns {Promise<boolean>} whether it is in the clipboard
 */
async function copied(source) {
  try {
    await navigator.clipboard.writeText(source.textContent || "");
    return true;
  } catch {
    const selection = window.getSelection();
    selection?.selectAllChildren(source);
    return document.execCommand("copy");
  }
}

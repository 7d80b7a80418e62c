// A short word at the foot of the page that needs no answer: a new version, something sent at last, something refused.

import { tell } from "./words.js";

/**
 * @param {string} text
 * @param {{label: string, act: () => void}} [button]
 */
export function showBar(text, button) {
  const bar = element("div", "bar");
  bar.setAttribute("role", "status");
  bar.appendChild(element("p", "bar__text", text));
  if (button) {
    const made = element("button", "bar__act", button.label);
    made.addEventListener("click", button.act);
    bar.appendChild(made);
  }
  const close = element("button", "bar__close", "×");
  close.setAttribute("aria-label", tell("Close"));
  close.addEventListener("click", () => bar.remove());
  bar.appendChild(close);
  document.body.appendChild(bar);
}

/**
 * @param {string} name
 * @param {string} look
 * @param {string} [text]
 * @returns {HTMLElement}
 */
function element(name, look, text = "") {
  const made = document.createElement(name);
  made.className = look;
  made.textContent = text;
  return made;
}

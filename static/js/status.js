// The one line that says what was found, what is going on, or what went wrong.

const line = /** @type {HTMLElement} */ (document.getElementById("status"));

/**
 * @param {string} text
 */
export function say(text) {
  line.className = "status";
  line.textContent = text;
}

/** Bring the line, and what follows it, into sight. */
export function showStatus() {
  line.scrollIntoView({ block: "start" });
}

/**
 * @param {unknown} fault an Error whose message is a sentence for the reader
 */
export function complain(fault) {
  line.className = "status status--fault";
  line.textContent = fault instanceof Error ? fault.message : String(fault);
}

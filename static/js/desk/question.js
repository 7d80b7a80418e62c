// What is asked: the form as an address, and back. The address is what is shared.

/**
 * Return what the form asks; fields that say nothing are left out.
 * @param {HTMLFormElement} form
 * @returns {URLSearchParams}
 */
export function filled(form) {
  const question = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value) question.append(name, value);
  return question;
}

/**
 * Fill the form as a question asks.
 * @param {HTMLFormElement} form
 * @param {URLSearchParams} question
 */
export function fill(form, question) {
  for (const field of Array.from(form.elements)) {
    if (field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")) {
      field.checked = question.getAll(field.name).includes(field.value);
    } else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
      const value = question.get(field.name);
      if (value !== null) field.value = value;
    }
  }
}

/** @param {URLSearchParams} question that the page now shows */
export function remember(question) {
  const address = `${window.location.pathname}?${question}`;
  if (address === window.location.pathname + window.location.search) return;
  window.history.replaceState(null, "", address);
}

/** @param {(question: URLSearchParams) => void} back called with the question of the page that one went back to */
export function onBack(back) {
  window.addEventListener("popstate", () => back(new URLSearchParams(window.location.search)));
}

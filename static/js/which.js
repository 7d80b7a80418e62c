// Which service? Asked on the form that says what is wrong, only where one is missing.

/**
 * @param {HTMLFormElement} form with the kinds, and with the field `which` unless the station was removed
 */
export function askWhich(form) {
  const which = /** @type {HTMLElement | null} */ (form.querySelector("#which"));
  const service = /** @type {HTMLSelectElement | null} */ (form.querySelector("#service"));
  if (!which || !service) return;
  const follow = () => {
    which.hidden = new FormData(form).get("kind") !== "service";
    service.required = !which.hidden;
  };
  form.addEventListener("change", follow);
  follow();
}

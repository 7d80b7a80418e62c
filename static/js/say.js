// The form on which a worker says what is wrong. Without this script it is sent as it stands.

import { install } from "./install.js";
import { send } from "./outbox.js";
import { reason } from "./right.js";
import { settings } from "./settings.js";
import { shrunk } from "./shrink.js";
import { askWhich } from "./which.js";
import { tell } from "./words.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("say"));
const button = /** @type {HTMLElement} */ (form.querySelector(".send"));
const fault = /** @type {HTMLElement} */ (document.getElementById("fault"));
const attempt = { said: "", token: "" };

/** @returns {string} the chosen kind, "" for none */
const kind = () => String(new FormData(form).get("kind") || "");

/**
 * Return a token for what is said: the same for the same words, so that what was sent twice is kept once.
 * @param {Record<string, string | Blob>} fields
 * @param {string} photo
 */
function tokenFor(fields, photo) {
  const said = JSON.stringify([fields.kind, fields.service, fields.text, photo]);
  if (said !== attempt.said) {
    attempt.said = said;
    attempt.token = Array.from(window.crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join("");
  }
  return attempt.token;
}

/** @returns {Promise<Record<string, string | Blob>>} what is sent */
async function filled() {
  const given = new FormData(form);
  const fields = /** @type {Record<string, string | Blob>} */ ({
    kind: kind(),
    service: kind() === "service" ? String(given.get("service") || "") : "",
    text: String(given.get("text") || ""),
    lang: settings.language,
  });
  const photo = given.get("photo");
  const chosen = photo instanceof File && photo.size > 0 ? photo : null;
  fields.token = tokenFor(fields, chosen ? `${chosen.name} ${chosen.size} ${chosen.lastModified}` : "");
  if (chosen) fields.photo = await shrunk(chosen);
  return fields;
}

async function submit() {
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  fault.hidden = true;
  let number = "";
  try {
    const how = await send("report", form.dataset.station || "", await filled(), (kept) => (number = String(kept?.id || "")));
    if (how === "sent") window.location.assign(`${form.dataset.thanks}${number && `?number=${number}`}`);
    else settle();
  } catch (refused) {
    complain(reason(refused));
  }
  button.removeAttribute("aria-busy");
}

/** Say that it waits on this phone, in the place of the form. */
function settle() {
  const done = /** @type {HTMLElement} */ (document.getElementById("done"));
  const told = /** @type {HTMLElement} */ (document.getElementById("done-told"));
  form.hidden = true;
  done.hidden = false;
  told.textContent = tell("Kept on this phone: it is sent when you are connected again.");
  done.focus();
}

/**
 * @param {string} text
 */
function complain(text) {
  fault.textContent = text;
  fault.hidden = false;
  fault.scrollIntoView({ block: "center" });
}

install();
askWhich(form);
form.addEventListener("submit", (event) => {
  if (new FormData(form).get("website")) return;
  event.preventDefault();
  submit();
});

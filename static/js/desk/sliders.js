// The sliders of the form: the hour in words beside each, the reach as number and slider, and which hour is asked for.

import { tell } from "../words.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export class Sliders {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.reach = /** @type {HTMLInputElement} */ (document.getElementById("reach"));
    this.metres = this.field("reach_m");
    this.reach.addEventListener("input", () => (this.metres.value = this.reach.value));
    this.metres.addEventListener("input", () => (this.reach.value = this.metres.value));
    for (const name of ["hour", "vs_hour"]) this.field(name).addEventListener("input", () => this.turn(name));
  }

  /**
   * @param {string} name
   * @returns {HTMLInputElement}
   */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }

  /**
   * @param {string} name
   * @returns {string} the value of the radio button that is chosen
   */
  chosen(name) {
    return /** @type {RadioNodeList} */ (this.form.elements.namedItem(name)).value;
  }

  /** Who moves a slider asks for what it says. @param {string} name */
  turn(name) {
    const [radio, value] = name === "hour" ? ["when", "week"] : ["vs", "moment"];
    /** @type {RadioNodeList} */ (this.form.elements.namedItem(radio)).value = value;
  }

  /** @param {string} hour of the week, to be asked for */
  choose(hour) {
    this.field("hour").value = hour;
    this.turn("hour");
  }

  /** Show the parts of the form that count, and the hours in words. */
  show() {
    this.form.dataset.when = this.chosen("when");
    this.form.dataset.vs = this.chosen("vs");
    for (const name of ["hour", "vs_hour"]) {
      const told = /** @type {HTMLOutputElement} */ (document.getElementById(`${name}-words`));
      const words = hourWords(Number(this.field(name).value));
      told.textContent = words;
      this.field(name).setAttribute("aria-valuetext", words);
    }
  }
}

/**
 * @param {number} hour of the week
 * @returns {string}
 */
function hourWords(hour) {
  const from = hour % 24;
  return tell("{day} {from_hour}:00-{to_hour}:00", { day: tell(DAYS[Math.floor(hour / 24)]), from_hour: from, to_hour: from + 1 });
}

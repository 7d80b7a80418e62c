// The page of one station, and its sign.

import "./back.js";
import { offerCopies } from "./copying.js";

offerCopies();

const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

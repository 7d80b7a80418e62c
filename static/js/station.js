// The page of one station, and its sign.

import "./back.js";
import { offerCopies } from "./copying.js";
import { install } from "./install.js";
import { confirmInOneTap } from "./right.js";
import { followNotices } from "./notices.js";

offerCopies();
followNotices();
confirmInOneTap();
install();

const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

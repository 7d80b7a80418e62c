// The page of one station.

import "./back.js";

"""Charts as SVG text, the same in the desk, on the sheet and in a notebook; they read in print and without colours."""

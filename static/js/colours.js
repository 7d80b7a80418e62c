// The colours of the style sheet, for what is drawn on a canvas; they change with the light or dark theme.

/**
 * @param {string} name a custom property such as --land
 * @returns {string}
 */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * Call back whenever the theme changes.
 * @param {() => void} changed
 */
export function onTheme(changed) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  if (dark.addEventListener) dark.addEventListener("change", changed);
  else dark.addListener(changed); // Safari 13
}

// The colours of the style sheet, for what is drawn on a canvas; they change with the light, dark or sunlight theme.

/** @type {Map<string, string>} */
const known = new Map();
/** @type {(() => void)[]} */
const followers = [];

/**
 * @param {string} name a custom property such as --land
 * @returns {string}
 */
export function colour(name) {
  let value = known.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    known.set(name, value);
  }
  return value;
}

/**
 * Call back whenever the theme changes.
 * @param {() => void} changed
 */
export function onTheme(changed) {
  if (!followers.length) watch();
  followers.push(changed);
}

function watch() {
  const turned = () => {
    known.clear();
    followers.forEach((changed) => changed());
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  if (dark.addEventListener) dark.addEventListener("change", turned);
  else dark.addListener(turned); // Safari 13
  new MutationObserver(turned).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
}

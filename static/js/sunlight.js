// The sunlight theme, switched without losing the list. The cookie is the one that the server reads (web/theme.py).

const YEAR_S = 31536000;
const root = document.documentElement;
const button = /** @type {HTMLButtonElement} */ (document.getElementById("sun"));

/** Have the button switch the theme, and a page that was kept for use without a line take the theme of the phone. */
export function offerSunlight() {
  const found = /(?:^|; )theme=(\w+)/.exec(document.cookie);
  if (found) show(found[1] === "sun");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const sun = root.dataset.theme !== "sun";
    const secure = window.location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${sun ? "sun" : "auto"}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
    show(sun);
  });
}

/** @param {boolean} sun */
function show(sun) {
  root.dataset.theme = sun ? "sun" : "auto";
  button.value = sun ? "auto" : "sun";
  button.setAttribute("aria-pressed", String(sun));
}

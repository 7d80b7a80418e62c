// The operator's notices at the top of every page: asked for again while the page is looked at, so that a new one is
// there within a minute. What the reader put aside stays away on this phone.

const EVERY_MS = 45000;
const KEPT = "stationmap.notices.aside";
const MOST_KEPT = 200;

/** @typedef {{id: number, level: string, level_words: string, text: string, area: string}} Notice */

const box = document.getElementById("notices");
let asked = 0;
let revision = 0;

/** @returns {number[]} what was put aside */
function aside() {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEPT) || "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** @param {HTMLElement} notice */
function putAside(notice) {
  const kept = [...aside(), Number(notice.dataset.id)].slice(-MOST_KEPT);
  notice.remove();
  try {
    window.localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // without storage it comes back with the next page
  }
}

/** @param {HTMLElement} notice */
function offerAside(notice) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "notice__aside";
  button.textContent = box?.dataset.aside || "×";
  button.addEventListener("click", () => putAside(notice));
  notice.appendChild(button);
}

/**
 * @param {Notice} told
 * @returns {HTMLElement} as the server's _notices.html makes it
 */
function made(told) {
  const notice = document.createElement("div");
  notice.className = `notice notice--${told.level}`;
  notice.dataset.id = String(told.id);
  const text = document.createElement("p");
  const level = document.createElement("strong");
  level.textContent = told.area ? `${told.level_words} · ${told.area}` : told.level_words;
  text.append(level, ` ${told.text}`);
  notice.appendChild(text);
  offerAside(notice);
  return notice;
}

/** @param {Notice[]} told those that stand, the most pressing first */
function show(told) {
  if (!box) return;
  const kept = aside();
  const standing = new Map(Array.from(box.querySelectorAll("[data-id]"), (each) => [Number(each.getAttribute("data-id")), each]));
  const wanted = told.filter(({ id }) => !kept.includes(id));
  for (const [id, element] of standing) if (!wanted.some((notice) => notice.id === id)) element.remove();
  wanted.forEach((notice, i) => {
    const there = standing.get(notice.id);
    if (!there) box.insertBefore(made(notice), box.children[i] || null);
  });
}

async function ask() {
  if (!box || document.hidden || Date.now() - asked < EVERY_MS / 3) return;
  asked = Date.now();
  const station = box.dataset.station ? `&station=${encodeURIComponent(box.dataset.station)}` : "";
  try {
    const response = await fetch(`/api/v1/notices?lang=${box.dataset.language}${station}`, { cache: "no-cache" });
    if (!response.ok) return;
    const told = await response.json();
    show(told.notices);
    if (revision && told.revision !== revision) window.dispatchEvent(new Event("revision"));
    revision = told.revision;
  } catch {
    // no line: what stands on the page stays
  }
}

/** Keep the notices right for as long as the page is open. A changed register is told as a "revision" event. */
export function followNotices() {
  if (!box) return;
  const kept = aside();
  for (const notice of box.querySelectorAll("[data-id]")) {
    if (!(notice instanceof HTMLElement)) continue;
    if (kept.includes(Number(notice.dataset.id))) notice.remove();
    else offerAside(notice);
  }
  if (navigator.serviceWorker && navigator.serviceWorker.controller) ask(); // the page itself may be one that was kept
  window.setInterval(ask, EVERY_MS);
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("online", ask);
}

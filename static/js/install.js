// Makes the site an app of this phone: registers the service worker, takes a new version over, sends what was kept. Where
// the browser refuses any of it the site works as it does online.

import { showBar } from "./bar.js";
import { deliver, refusals } from "./outbox.js";
import { tell } from "./words.js";

const REST_MS = 3000;
const SHOWN_MS = 300;
const TAKE_OVER = "take over";

/** Begin, when the page has come to rest: nothing of it stands in the way of the first list. */
export function install() {
  const { serviceWorker } = navigator;
  if (serviceWorker && window.isSecureContext) {
    takeOver(serviceWorker);
    atRest(() => register(serviceWorker));
  }
  atRest(sendKept);
  window.addEventListener("online", sendKept);
  window.addEventListener("fresher", sendKept); // the server answers again, see api.js
}

/**
 * Call back once, when the first list stands or the page has been there for a while without one.
 * @param {() => void} act
 */
function atRest(act) {
  let begun = false;
  const once = () => {
    if (!begun) act();
    begun = true;
  };
  window.addEventListener("answered", () => window.setTimeout(once, SHOWN_MS), { once: true });
  const later = () => window.setTimeout(once, REST_MS);
  if (document.readyState === "complete") later();
  else window.addEventListener("load", later);
}

/**
 * A version that was waiting since an earlier visit is taken over at once, before anything is shown.
 * @param {ServiceWorkerContainer} serviceWorker
 */
async function takeOver(serviceWorker) {
  const registration = await serviceWorker.getRegistration().catch(() => undefined);
  if (registration && registration.waiting && serviceWorker.controller) useNow(serviceWorker, registration.waiting);
}

/**
 * @param {ServiceWorkerContainer} serviceWorker
 * @param {ServiceWorker} waiting
 */
function useNow(serviceWorker, waiting) {
  serviceWorker.addEventListener("controllerchange", () => window.location.reload(), { once: true });
  waiting.postMessage(TAKE_OVER);
}

/** @param {ServiceWorkerContainer} serviceWorker */
async function register(serviceWorker) {
  try {
    const registration = await serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
    registration.addEventListener("updatefound", () => {
      const { installing } = registration;
      if (!installing || !serviceWorker.controller) return;
      installing.addEventListener("statechange", () => {
        if (installing.state === "installed") offer(serviceWorker, registration);
      });
    });
  } catch {
    // private mode, no storage, a policy of the phone: the site works online
  }
}

let offered = false;

/**
 * Offer the newest version, once in a visit.
 * @param {ServiceWorkerContainer} serviceWorker
 * @param {ServiceWorkerRegistration} registration
 */
function offer(serviceWorker, registration) {
  if (offered) return;
  offered = true;
  const act = () => registration.waiting && useNow(serviceWorker, registration.waiting);
  showBar(tell("There is a new version."), { label: tell("Reload"), act });
}

let sending = false;

/** Send what was said without a line, and tell what came of it, once though two events ask for it. */
async function sendKept() {
  if (sending) return;
  sending = true;
  try {
    const taken = await deliver().catch(() => 0);
    if (taken) showBar(tell("What you said earlier was sent."));
    for (const reason of await refusals()) showBar(tell("What you said of a station could not be taken: {reason}", { reason }));
  } catch {
    // no storage: nothing was kept
  } finally {
    sending = false;
  }
}

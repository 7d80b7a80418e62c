// The phone's own database, for pages and service worker: what is kept for a lost line, and what is still to be sent. Where
// the browser refuses storage every call is rejected and the site works as it does online.

const NAME = "stationmap";
const VERSION = 1;

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
function database() {
  opened = opened || open();
  opened.catch(() => (opened = null));
  return opened;
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((found, failed) => {
    const asked = self.indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("outbox", { keyPath: "token" });
    };
    asked.onsuccess = () => {
      const forget = () => {
        asked.result.close();
        opened = null;
      };
      asked.result.onversionchange = forget;
      asked.result.onclose = forget;
      found(asked.result);
    };
    asked.onerror = () => failed(asked.error);
    asked.onblocked = () => failed(new Error("blocked"));
  });
}

/**
 * @param {"kept" | "outbox"} store
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>} the result, once it is on the disk
 */
async function transact(store, mode, ask) {
  const transaction = (await database()).transaction(store, mode);
  const request = ask(transaction.objectStore(store));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(request.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error || request.error);
  });
}

/**
 * @param {string} key
 * @returns {Promise<any>}
 */
export function load(key) {
  return transact("kept", "readonly", (store) => store.get(key));
}

/**
 * @param {string} key
 * @param {unknown} value
 * @returns {Promise<void>}
 */
export function save(key, value) {
  return transact("kept", "readwrite", (store) => store.put(value, key));
}

/** @returns {Promise<any[]>} what is still to be sent */
export function waiting() {
  return transact("outbox", "readonly", (store) => store.getAll());
}

/**
 * @param {import("../outbox.js").Letter} letter replaces the one of its token
 * @returns {Promise<void>}
 */
export function put(letter) {
  return transact("outbox", "readwrite", (store) => store.put(letter));
}

/**
 * @param {string} token
 * @returns {Promise<void>}
 */
export function drop(token) {
  return transact("outbox", "readwrite", (store) => store.delete(token));
}

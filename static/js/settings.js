// What the server tells this page once: its words, labels and addresses.

/**
 * @typedef {object} Settings
 * @property {"zh" | "en"} language
 * @property {Record<string, string>} words English sentence -> sentence; empty in English
 * @property {{services: Record<string, string>, access: Record<string, string>, kinds?: Record<string, string>}} labels code -> label
 * @property {string[]} common services shown first
 * @property {string} nearest address of the API
 * @property {string} station address of a station's page, ending where its id begins
 * @property {{areas: string, streets: string, clusters: string, revision: number, tiles: import("./tiles.js").Told | null, styles: string[]}} map
 * @property {[number, number, number, number] | null} extent west, south, east, north of all stations
 */

/**
 * One station of an answer: the properties that the finder's GeoJSON gives it.
 * @typedef {object} Properties
 * @property {string} id
 * @property {string} name
 * @property {number} distance_m
 * @property {number} minutes
 * @property {number} [wait_min] wait for an opening
 * @property {string} [arrives_at]
 * @property {string[]} [missing] needs that it has not or of which it is not known
 * @property {string[]} [kinds]
 * @property {Record<string, number>} [nearby_m] code -> metres, of services that are not on the spot
 * @property {string} [hours_text]
 * @property {"open" | "closed" | "unknown"} state
 * @property {string} state_words the state in a sentence
 * @property {string | null} until
 * @property {string | null} opens_at
 * @property {"open" | "opens_soon" | "closing" | "closed" | "unknown"} on_arrival
 * @property {Record<string, string>} services code -> yes, no or unknown
 * @property {Record<string, string>} links
 * @property {string | null} reason
 * @property {string[]} access
 * @property {string} members_only
 * @property {string} floor
 * @property {string} address
 * @property {string} [confirmed_on] ISO date of a clerk's last check, or ""
 * @property {string} [still_right_on] ISO date on which workers last found it as it is told
 * @property {boolean} fictional
 */

/**
 * @typedef {object} Feature
 * @property {{coordinates: [number, number]}} geometry lon, lat
 * @property {Properties} properties
 * @property {boolean} [unsure] whether it stands among those of which a need is not known
 */

/** @typedef {{need: string, count: number, minutes: number}} Without what there is when one need is dropped */

/**
 * An answer: what can be entered, what may do, what does together.
 * @typedef {object} Collection
 * @property {Feature[]} features
 * @property {Feature[]} maybe
 * @property {Feature[]} together
 * @property {Without[]} [without] where nothing near was found
 * @property {{built_at: string, until: string, words: string}} [offline] how old it is, in words too, of what this phone kept, when it answered without a line
 * @property {string} at the instant it is for
 * @property {[number, number]} query lon, lat asked for, WGS 84
 */

/** @returns {Settings} */
function read() {
  const element = document.getElementById("settings");
  return JSON.parse(element?.textContent || "{}");
}

export const settings = read();

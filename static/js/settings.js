// What the server tells this page once: its words, labels and addresses.

/**
 * @typedef {object} Settings
 * @property {"zh" | "en"} language
 * @property {Record<string, string>} words English sentence -> sentence; empty in English
 * @property {{services: Record<string, string>, access: Record<string, string>}} labels code -> label
 * @property {string[]} common services shown first
 * @property {string} nearest address of the API
 * @property {string} station address of a station's page, ending where its id begins
 * @property {{areas: string, streets: string, stations: string, styles: string[]}} map
 * @property {[number, number, number, number] | null} extent west, south, east, north of all stations
 */

/**
 * One station of an answer: the properties that the finder's GeoJSON gives it.
 * @typedef {object} Properties
 * @property {string} id
 * @property {string} name
 * @property {number} distance_m
 * @property {number} minutes
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
 * @property {boolean} fictional
 */

/**
 * @typedef {object} Feature
 * @property {{coordinates: [number, number]}} geometry lon, lat
 * @property {Properties} properties
 * @property {boolean} [unsure] whether it stands among those of which a need is not known
 */

/**
 * An answer: what can be entered, what may do, what does together.
 * @typedef {object} Collection
 * @property {Feature[]} features
 * @property {Feature[]} maybe
 * @property {Feature[]} together
 * @property {string} at the instant it is for
 * @property {[number, number]} query lon, lat asked for, WGS 84
 */

/** @returns {Settings} */
function read() {
  const element = document.getElementById("settings");
  return JSON.parse(element?.textContent || "{}");
}

export const settings = read();

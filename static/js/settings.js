// What the server tells this page once: its words, labels and addresses.

/**
 * @typedef {object} Settings
 * @property {"zh" | "en"} language
 * @property {Record<string, string>} words English sentence -> sentence; empty in English
 * @property {{services: Record<string, string>, access: Record<string, string>}} labels code -> label
 * @property {string[]} common services shown first
 * @property {string} nearest address of the API
 * @property {string} station address of a station's page, ending where its id begins
 * @property {{areas: string, streets: string, styles: string[]}} map
 * @property {[number, number, number, number] | null} extent west, south, east, north of all stations
 * @property {Collection | null} answer what the server has already found
 */

/**
 * @typedef {object} Properties
 * @property {string} id
 * @property {string} name
 */

/**
 * @typedef {object} Feature
 * @property {string} id
 * @property {{coordinates: [number, number]}} geometry
 * @property {Properties} properties
 */

/**
 * @typedef {object} Collection
 * @property {Feature[]} features
 */

/** @returns {Settings} */
function read() {
  const element = document.getElementById("settings");
  return JSON.parse(element?.textContent || "{}");
}

export const settings = read();

// Navigation links made on the phone, each in the coordinate system it takes: as stationmap/finder/links.py, which says why.

import { toGcj02 } from "../shift.js";

const SOURCE = "stationmap";
const LONGEST_NAME = 60;
const PARTING = /** @type {Record<string, string>} */ ({ ",": "，", "|": "｜", ";": "；" });
const AMAP = { walk: "walk", ride: "ride" };
const BAIDU = { walk: "walking", ride: "riding" };
const TENCENT = { walk: "walk", ride: "bike" };
const APPLE = { walk: "w", ride: "c" };

/**
 * @param {number} lon WGS 84 degrees
 * @param {number} lat
 * @param {string} name
 * @param {"walk" | "ride"} mode
 * @returns {Record<string, string>}
 */
export function navigation(lon, lat, name, mode) {
  const [shiftedLon, shiftedLat] = toGcj02(lon, lat).map((part) => part.toFixed(6));
  const [trueLon, trueLat] = [lon.toFixed(6), lat.toFixed(6)];
  const word = quoted(shown(name));
  return {
    amap: `https://uri.amap.com/navigation?to=${shiftedLon},${shiftedLat},${word}&mode=${AMAP[mode]}&coordinate=gaode&callnative=1&src=${SOURCE}`,
    amap_ebike: `amapuri://openFeature?featureName=OnRideNavi&rideType=elebike&sourceApplication=${SOURCE}&lat=${shiftedLat}&lon=${shiftedLon}&dev=0`,
    baidu: `https://api.map.baidu.com/direction?destination=latlng:${trueLat},${trueLon}%7Cname:${word}&mode=${BAIDU[mode]}&coord_type=wgs84&output=html&src=${SOURCE}`,
    tencent: `https://apis.map.qq.com/uri/v1/routeplan?type=${TENCENT[mode]}&to=${word}&tocoord=${trueLat},${trueLon}&coord_type=1&referer=${SOURCE}`,
    apple: `https://maps.apple.com/?daddr=${shiftedLat},${shiftedLon}&dirflg=${APPLE[mode]}`,
    geo: `geo:${trueLat},${trueLon}`,
  };
}

/**
 * @param {string} name
 * @returns {string} on one line without the signs that part the fields of a link, cut to 60 characters
 */
function shown(name) {
  const plain = name.replace(/[\p{C}\p{Z}]+/gu, " ").trim().replace(/[,|;]/g, (sign) => PARTING[sign]);
  return Array.from(plain).slice(0, LONGEST_NAME).join("");
}

/**
 * @param {string} text
 * @returns {string} percent-encoded whole
 */
function quoted(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

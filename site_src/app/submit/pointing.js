// Where keywords say that a telescope pointed: the twin of portal.extraction.position and its angles.

import { equatorialOf, isUntold, rotated } from './plane.js'
import { direction, length, minus } from './sphere.js'

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./words.js').Words} Words
 * @typedef {{place: [number, number], source: string}} Pointing ICRS [deg]
 */

const PARTS = /^\s*([+-]?)\s*(\d{1,3})\s*([:dh°\s])\s*(\d{1,2}(?:\.\d*)?)\s*(?:[:m'′\s]\s*(\d{1,2}(?:\.\d*)?)\s*[s"″]?)?\s*\.?\s*$/
const HOURS = /\bh(?:ou)?rs?\b|\bhh[:.\s]?mm|\[h\]|\(h\)/i
const RADIANS = /\brad(?:ian)?s?\b/i
/** Of a unit in brackets that is no degree, hour or radian. */
const OTHER = /\[(?!\s*(?:deg|h\]|hours?\]|rad|[JB]?\d))[^\]]*[a-z]/i
const RADIAN = 180 / Math.PI

/**
 * The place of the target, or where the telescope pointed; null where no keyword says it.
 * @param {Cards} cards
 * @param {Words} words
 * @param {boolean} fibre whether the product may be anywhere in the field
 * @returns {Pointing | {reason: string} | null}
 */
export function pointingOf(cards, { frames, pointing }, fibre) {
  const pairs = (/** @type {[string, string][]} */ list) => list.map((names) => pairOf(cards, names, frames, pointing)).filter((one) => one !== null)
  const [pointed] = pairs(pointing.pointings)
  const targets = pairs(pointing.targets)
  const unclear = [pointed, ...targets].find((one) => one && 'reason' in one)
  if (unclear) return unclear
  // A target far from where the telescope pointed is in another unit, such as radians.
  const near = (/** @type {Pointing} */ one) => !pointed || 'reason' in pointed || apart(one.place, pointed.place) < pointing.farthest
  const target = targets.find((one) => 'place' in one && near(one))
  const boresight = ['RA', 'DEC'].some((name) => /boresight/i.test(cards.comment(name)))
  return target ?? (fibre && boresight ? null : (pointed ?? null))
}

/**
 * @param {Cards} cards
 * @param {[string, string]} names
 * @param {Words['frames']} frames
 * @param {Words['pointing']} pointing
 * @returns {Pointing | {reason: string} | null}
 */
function pairOf(cards, [first, second], frames, { hours, equinoxes }) {
  const [ra, dec] = [cards.value(first), cards.value(second)]
  const hint = cards.comment(first)
  if (ra === null || dec === null || typeof ra === 'boolean' || typeof dec === 'boolean') return null
  if (hours.includes(first) && typeof ra === 'number' && Math.abs(ra) <= 24 && !hint) return null
  const strange = [first, second].find((name) => numberOf(/** @type {string | number} */ (cards.value(name))) !== null && OTHER.test(cards.comment(name)))
  if (strange) return { reason: `the unit of ${strange} is read by portal extract only` }
  const place = [rightAscension(ra, hint), declination(dec, cards.comment(second))]
  if (place[0] === null || place[1] === null || (place[0] === 0 && place[1] === 0)) return null
  if (isUntold(cards)) return { reason: `an equinox that is not told beside ${first} is weighed by portal extract only` }
  const frame = equatorialOf(cards, equinoxes[first] ?? [])
  if (frame !== '' && !(frame in frames)) return { reason: `the frame ${frame} of ${first} is read by portal extract only` }
  const at = /** @type {[number, number]} */ (place)
  const rotation = frames[frame]
  return { place: rotation ? rotated(at, rotation) : at, source: `${first}, ${second}` }
}

/** @param {string | number} value @param {string} hint @returns {number | null} [deg] from 0 to below 360 */
function rightAscension(value, hint) {
  const parts = typeof value === 'string' ? sexagesimal(value) : null
  const number = numberOf(value)
  if (parts === null && number === null) return null
  const inHours = number !== null && Math.abs(number) <= 24 && HOURS.test(hint)
  // A comment such as "RA in degrees" beside 05:19:00 tells of another version of the card.
  const degrees = parts !== null ? parts * (String(value).toLowerCase().includes('d') ? 1 : 15) : scaled(number ?? NaN, hint, inHours ? 15 : 1)
  return Math.abs(degrees) <= 360 ? ((degrees % 360) + 360) % 360 : null
}

/** @param {string | number} value @param {string} hint @returns {number | null} [deg] */
function declination(value, hint) {
  const number = numberOf(value)
  const degrees = (typeof value === 'string' ? sexagesimal(value) : null) ?? (number === null ? null : scaled(number, hint, 1))
  return degrees !== null && Math.abs(degrees) <= 90 ? degrees : null
}

/** The number of degrees or hours in parts of sixty; null for another text. @param {string} text */
function sexagesimal(text) {
  const match = PARTS.exec(text)
  const [, sign, whole, , minutes, seconds] = match ?? []
  if (!match || Number(minutes) >= 60 || Number(seconds ?? 0) > 60) return null
  const value = Number(whole) + (Number(minutes) + Number(seconds ?? 0) / 60) / 60
  return sign === '-' ? -value : value
}

/** @param {number} number @param {string} hint @param {number} factor */
function scaled(number, hint, factor) {
  return RADIANS.test(hint) ? number * RADIAN : number * factor
}

/** @param {string | number} value */
function numberOf(value) {
  const number = typeof value === 'number' ? value : value.trim() === '' ? NaN : Number(value)
  return Number.isFinite(number) ? number : null
}

/** Degrees between two places. @param {[number, number]} one @param {[number, number]} other */
function apart(one, other) {
  return length(minus(direction(...one), direction(...other))) * RADIAN
}

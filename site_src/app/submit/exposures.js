// How long the exposure was, in seconds: the twin of portal.extraction._exposure.

import { regex } from './words.js'

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./words.js').Pattern} Pattern
 *
 * @typedef {object} ExposureWords as portal.obscore.words has them
 * @property {string[]} coadds
 * @property {Pattern} counted which exposure of a series it is
 * @property {string[]} counting
 * @property {string[]} customary
 * @property {Pattern} each
 * @property {number} most [s]
 * @property {number} most_frames
 * @property {Pattern} quantity a number with a unit
 * @property {Pattern} seconds
 * @property {Pattern} series of comments on how many exposures there are
 * @property {string[]} stated
 * @property {[Pattern, number][]} units and the seconds of each
 */

/** Of two times that are one. */
const CLOSE = 0.02
/** A unit as the standard writes it, but for the year of an equinox. */
const TOLD = /\[(?!\s*[JB]?\d{4}(?:\.\d*)?\s*\])[^[\]]{1,20}\]/

/**
 * The exposure [s]; null where it is not known, a reason where only the command reads it.
 * @param {Cards} cards
 * @param {string} extension its name
 * @param {ExposureWords} words
 * @returns {{value: number, source: string} | {reason: string} | null}
 */
export function exposureOf(cards, extension, words) {
  const counting = (cards.text('HDUCLASS') ?? '').toUpperCase() === 'OGIP' || extension.toUpperCase().includes('EVENT')
  for (const name of [...(counting ? words.counting : []), ...words.stated, ...words.customary]) {
    const value = cards.number(name)
    if (value === null || value <= 0 || regex(words.counted).test(cards.comment(name))) continue
    const factor = secondsOf(cards.comment(name), value, words)
    if (factor === null) return { reason: `the unit of ${name} is read by portal extract only` }
    const seconds = value * factor
    if (seconds >= words.most) continue
    return inSeries(cards, words) ? { reason: 'the exposure of several steps or frames is read by portal extract only' } : together(cards, name, seconds, words)
  }
  return null
}

/**
 * Seconds in one of what a comment tells; null for a unit that is none of the usual, and for several.
 * @param {string} comment
 * @param {number} value
 * @param {ExposureWords} words
 */
function secondsOf(comment, value, { quantity, seconds, units }) {
  if (/^\s*\[s\]/.test(comment)) return 1
  // A number with a unit that is another number than the value is of another quantity.
  let rest = comment.replace(every(quantity), (text, number) => (Number(number) === value ? text : ''))
  const found = /** @type {[Pattern, number][]} */ ([[seconds, 1], ...units]).filter(([pattern]) => {
    const before = rest
    rest = rest.replace(every(pattern), '')
    return rest !== before
  })
  return found.length > 1 ? null : found[0]?.[1] ?? (TOLD.test(comment) ? null : 1)
}

/** @param {Pattern} pattern */
function every(pattern) {
  const { source, flags } = regex(pattern)
  return new RegExp(source, `${flags}g`)
}

/**
 * Whether a card counts exposures of which another may tell the time of one.
 * @param {Cards} cards
 * @param {ExposureWords} words
 */
function inSeries(cards, { series }) {
  return cards.names().some((name) => regex(series).test(cards.comment(name)) && Number(cards.number(name)) > 1)
}

/**
 * That of all frames, where the header tells that of one.
 * @param {Cards} cards
 * @param {string} name
 * @param {number} seconds
 * @param {ExposureWords} words
 * @returns {{value: number, source: string} | {reason: string}}
 */
function together(cards, name, seconds, { coadds, each, most_frames: most, stated }) {
  const whole = (/** @type {string} */ key) => {
    const number = cards.number(key)
    return Number.isInteger(number) ? number : null
  }
  const added = coadds.map(whole).find(Boolean) ?? 1
  const frames = Math.max(added, whole('NCOMBINE') || 1, 1)
  const others = stated.filter((key) => key !== name).map((key) => cards.number(key)).filter(Boolean)
  const single = regex(each).test(cards.comment(name))
  const ofEach = single && added > 1 && added < most
  const all = seconds * frames
  const told = frames > 1 && others.some((one) => Math.abs(Number(one) - all) <= CLOSE * Math.max(Math.abs(Number(one)), all))
  if (single && !ofEach && !told) return { reason: `${name} is of one frame; that of all is read by portal extract only` }
  if (!ofEach && !told) return { value: seconds, source: name }
  const count = ofEach ? added : frames
  return { value: seconds * count, source: `${name}, ${count} frames together` }
}

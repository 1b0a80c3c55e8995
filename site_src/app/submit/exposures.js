// How long the exposure was, in seconds: the twin of portal.extraction._exposure.

import { regex } from './words.js'

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./words.js').Pattern} Pattern
 *
 * @typedef {object} ExposureWords as portal.obscore.words has them
 * @property {string[]} coadds
 * @property {string[]} counting
 * @property {string[]} customary
 * @property {Pattern} each
 * @property {number} most [s]
 * @property {number} most_frames
 * @property {Pattern} seconds
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
    if (value === null || value <= 0) continue
    const factor = secondsOf(cards.comment(name), words)
    if (factor === null) return { reason: `the unit of ${name} is read by portal extract only` }
    const seconds = value * factor
    if (seconds < words.most) return together(cards, name, seconds, words)
  }
  return null
}

/** Seconds in one of what a comment tells; null for a unit that is none of the usual. @param {string} comment @param {ExposureWords} words */
function secondsOf(comment, { seconds, units }) {
  if (regex(seconds).test(comment)) return 1
  return units.find(([pattern]) => regex(pattern).test(comment))?.[1] ?? (TOLD.test(comment) ? null : 1)
}

/**
 * That of all frames, where the header tells that of one.
 * @param {Cards} cards
 * @param {string} name
 * @param {number} seconds
 * @param {ExposureWords} words
 */
function together(cards, name, seconds, { coadds, each, most_frames: most, stated }) {
  const whole = (/** @type {string} */ key) => {
    const number = cards.number(key)
    return Number.isInteger(number) ? number : null
  }
  const added = coadds.map(whole).find(Boolean) ?? 1
  const frames = Math.max(added, whole('NCOMBINE') || 1, 1)
  const others = stated.filter((key) => key !== name).map((key) => cards.number(key)).filter(Boolean)
  const ofEach = regex(each).test(cards.comment(name)) && added > 1 && added < most
  const all = seconds * frames
  const told = frames > 1 && others.some((one) => Math.abs(Number(one) - all) <= CLOSE * Math.max(Math.abs(Number(one)), all))
  if (!ofEach && !told) return { value: seconds, source: name }
  const count = ofEach ? added : frames
  return { value: seconds * count, source: `${name}, ${count} frames together` }
}

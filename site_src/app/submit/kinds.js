// What kind of product an array is, by its axes and keywords: the twin of portal.extraction.kind.

import { isSummed } from './level.js'
import { saying, wordsIn } from './words.js'

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./words.js').Words} Words
 */

/**
 * The kind of an image by its axes; null where its header does not name them.
 * @param {import('./wcs.js').Axis[]} axes
 * @returns {string | null}
 */
export function imageKind(axes) {
  const of = (/** @type {string} */ role) => axes.find((axis) => axis.role === role)
  const [ra, dec, wave, time] = ['longitude', 'latitude', 'spectral', 'time'].map(of)
  if (ra && dec) {
    const cut = axes.every((axis) => axis.length === 1)
    const alone = ra.length === 1 && dec.length === 1
    for (const [axis, kind] of /** @type {const} */ ([[wave, 'spectrum'], [time, 'timeseries']])) {
      if (!axis || (axis.length === 1 && !cut)) continue
      return alone && (!cut || kind === 'timeseries') ? kind : 'cube'
    }
    return axes.some((axis) => axis.role === 'other' && axis.length > 1) ? 'cube' : 'image'
  }
  if (wave && wave.number > 2 && axes.slice(0, 2).every((axis) => axis.length > 1)) return 'cube'
  if (wave) return 'spectrum'
  return time ? 'timeseries' : null
}

/** Whether keywords say that light was dispersed along an axis. @param {Cards} cards @param {Words} words */
export function isDispersed(cards, { kinds, names }) {
  const disperser = kinds.dispersers.some((name) => {
    const text = (saying(cards.text(name), names.blanks) ?? '').toLowerCase()
    return text !== '' && !kinds.undispersed.some((word) => text.includes(word))
  })
  const instrument = (saying(cards.text('INSTRUME'), names.blanks) ?? '').toLowerCase()
  const modes = kinds.modes.flatMap((name) => wordsIn(cards.text(name)))
  const spectral = modes.some((word) => /^spectr(o|al)/.test(word)) && !modes.includes('imaging')
  const other = kinds.spectrographs.includes(instrument) || instrument.includes('spectrograph') || spectral || /^wave/i.test(cards.text('COL1') ?? '') || (cards.number('DISPAXIS') ?? 0) > 0
  return { disperser, any: disperser || other }
}

/**
 * The kind that a header without data describes; null for none.
 * @param {Cards} cards
 * @param {string[]} roles of the axes that it names
 * @param {Words} words
 */
export function headerKind(cards, roles, words) {
  const [spectral, longitude, latitude] = ['spectral', 'longitude', 'latitude'].map((role) => roles.includes(role))
  if (isDispersed(cards, words).any || (spectral && !longitude)) return 'spectrum'
  if (!longitude || !latitude) return null
  return spectral && !isSummed(cards) ? 'cube' : 'image'
}

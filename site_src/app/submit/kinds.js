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
  if (wave && wave.number > 2 && axes.slice(0, 2).every((axis) => axis.length > 1 && axis.role === 'other')) return 'cube'
  if (wave) return 'spectrum'
  return time ? 'timeseries' : null
}

/**
 * Whether keywords say that light was dispersed, of data without axes of the sky.
 * @param {Cards} cards
 * @param {Words} words
 */
export function isDispersed(cards, words) {
  const { kinds, names } = words
  if (kinds.guiding.some((name) => wordsIn(cards.text(name)).some((word) => ['guide', 'guider', 'guiding'].includes(word)))) return false
  const instrument = (saying(cards.text('INSTRUME'), names.blanks) ?? '').toLowerCase()
  const modes = kinds.modes.flatMap((name) => wordsIn(cards.text(name)))
  const spectral = modes.some((word) => /^spectr(o|al)/.test(word)) && !modes.includes('imaging')
  const webb = wordsIn(cards.text('EXP_TYPE')).some((word) => [...kinds.spectroscopic, ...kinds.sliced].includes(word))
  const known = kinds.spectrographs.includes(instrument) || instrument.includes('spectrograph')
  return isBehindDisperser(cards, words) || webb || known || spectral || /^wave/i.test(cards.text('COL1') ?? '') || (cards.number('DISPAXIS') ?? 0) > 0
}

/** Whether a grating or a grism was in the beam. @param {Cards} cards @param {Words} words */
function isBehindDisperser(cards, { kinds, names }) {
  const disperser = kinds.dispersers.some((name) => {
    const text = (saying(cards.text(name), names.blanks) ?? '').toLowerCase()
    return text !== '' && !kinds.undispersed.some((word) => text.includes(word))
  })
  const technique = wordsIn(cards.text('ESO DPR TECH'))
  const eso = technique.some((word) => kinds.techniques.includes(word)) && !technique.includes('image')
  return disperser || eso || kinds.wheels.some((name) => /grism/i.test(cards.text(name) ?? ''))
}

/**
 * Whether a frame with axes of the sky shows dispersed light, as it fell on the detector.
 * @param {Cards} cards
 * @param {import('./wcs.js').Axis[]} axes of its pixels
 * @param {string[]} roles of all axes that its header names
 * @param {Words} words
 */
export function isOnDetector(cards, axes, roles, words) {
  if (axes.some(({ role }) => role === 'spectral' || role === 'time')) return false
  const exposure = wordsIn(cards.text('EXP_TYPE'))
  const says = (/** @type {string[]} */ of) => exposure.some((word) => of.includes(word))
  if (says(words.kinds.spectroscopic)) return true
  if (axes.filter(({ length }) => length > 1).length !== 2) return false
  const sliced = says(words.kinds.sliced) && roles.includes('spectral')
  return sliced || wordsIn(cards.text('OBSTYPE')).includes('spectroscopic') || isBehindDisperser(cards, words)
}

/**
 * The kind that a header without data describes; null for none.
 * @param {Cards} cards
 * @param {string[]} roles of the axes that it names
 * @param {Words} words
 */
export function headerKind(cards, roles, words) {
  const [spectral, longitude, latitude] = ['spectral', 'longitude', 'latitude'].map((role) => roles.includes(role))
  if (isDispersed(cards, words) || (spectral && !longitude)) return 'spectrum'
  if (!longitude || !latitude) return null
  return spectral && !isSummed(cards) ? 'cube' : 'image'
}

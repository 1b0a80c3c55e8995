// How far a product was calibrated, by what its header tells of its reduction.

import { regex, wordsIn } from './words.js'

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./words.js').Words} Words
 * @typedef {{level: number, source: string} | {reason: string}} Level
 * @typedef {{cards: Cards, bits: number | null, image: boolean, kind: string | null, spectral: boolean, beside: boolean}} Product
 */

/** Units of pixels that this page knows, by their names in small letters. */
const COUNTS = /^(adus?|dns?|counts?|cts|cnts?|electrons?|e-|photons?)$/
const OTHERS = /^(k|m?jy|ujy|beam|sr|arcsec\d?|pix|pixel|s|sec|seconds?|cm\d?|m\d?|km|erg|ergs|w|hz|angstrom|angstroms|nmgy|nanomaggy)$/
const ASSUMED = 'nothing tells of raw data (confidence 0.4)'

/**
 * @param {Product} product
 * @param {Words} words
 * @returns {Level}
 */
export function levelOf(product, words) {
  for (const judge of JUDGES) {
    const found = judge(product, words)
    if (found) return found
  }
  return { level: 2, source: ASSUMED }
}

/** @type {((product: Product, words: Words) => Level | null)[]} */
const JUDGES = [stated, switches, steps, combined, unit, reduction, counts]

/** @param {Product} product @param {Words} words */
function stated({ cards }, { calibration }) {
  for (const name of calibration.levels) {
    const level = cards.number(name)
    if (level !== null && level % 1 === 0 && level >= 0 && level <= 4) return { level, source: name }
  }
  const product = cards.number('PRODLVL')
  if (product && [1, 2, 3].includes(product)) return { level: product, source: 'PRODLVL' }
  const events = /^EVT([0-4])$/.exec((cards.text('CONTENT') ?? '').toUpperCase())
  if (events) return { level: Math.max(Number(events[1]), 1), source: 'CONTENT' }
  const text = cards.text('LEVEL') ?? ''
  const herschel = /level/i.test(cards.comment('LEVEL')) ? /^([0-3])[0-9.]*$/.exec(text) : null
  if (herschel) return { level: ['25', '2.5'].includes(text) ? 3 : Math.max(Number(herschel[1]), 1), source: 'LEVEL' }
  // A level under an alias has its comment beside the alias only.
  return cards.has('LEVEL') && cards.names().some((name) => name.startsWith('KEY.')) ? { reason: 'LEVEL of an alias is read by portal extract only' } : null
}

/** The calibration switches of Hubble: done, to be done, or left out. @param {Product} product */
function switches({ cards }) {
  if (cards.number('NDRIZIM')) return { level: 3, source: 'NDRIZIM' }
  const said = cards.names().filter((name) => name.length > 4 && name.endsWith('CORR')).sort()
  for (const [word, level] of /** @type {[string, number][]} */ ([['COMPLETE', 2], ['PERFORM', 1]])) {
    const name = said.find((one) => (cards.text(one) ?? '').toUpperCase() === word)
    if (name) return { level, source: `${name} = ${word}` }
  }
  return null
}

/** The steps of Webb's pipeline; of events, whether they were selected. @param {Product} product */
function steps({ cards }) {
  const name = cards.names().find((one) => one.startsWith('S_') && (cards.text(one) ?? '').toUpperCase() === 'COMPLETE')
  if (name) return { level: 2, source: `${name} = COMPLETE` }
  return ['ACCEPTED', 'FILTERED'].includes((cards.text('HDUCLAS2') ?? '').toUpperCase()) ? { level: 2, source: 'HDUCLAS2' } : null
}

/** @param {Product} product @param {Words} words */
function combined({ cards }, { calibration }) {
  for (const name of ['PROCTYPE', 'PRODTYPE', 'FILETYPE', 'IMAGETYP', 'OBSTYPE']) {
    const found = wordsIn(cards.text(name))
    if (found.some((word) => calibration.stack.includes(word))) return { level: 3, source: name }
    if (found.includes('raw')) return { level: 1, source: name }
  }
  const images = cards.history.filter((line) => regex(calibration.inputs).test(line))
  return images.length > 1 ? { level: 3, source: `HISTORY, ${images.length} input images` } : null
}

/** Of a flux they are calibrated, integrated over lines an analysis. @param {Product} product */
function unit({ cards }) {
  const text = (cards.text('BUNIT') ?? '').trim()
  if (/uncal/i.test(text)) return { level: 1, source: 'BUNIT' }
  if (text === '' || /^(unitless|dimensionless|1)$/i.test(text)) return null
  const words = unitsIn(text)
  if (words.length === 0 || !words.every((word) => COUNTS.test(word) || OTHERS.test(word))) return { reason: `what the unit ${text} tells of it is read by portal extract only` }
  if (isSummed(cards)) return { level: 3, source: 'BUNIT, summed over a line' }
  const seconds = words.some((word) => /^s(ec|econds?)?$/.test(word))
  return !words.some((word) => COUNTS.test(word)) || seconds ? { level: 2, source: `BUNIT, calibrated to ${text}` } : null
}

/** Whether values are sums over a line, such as those of a moment map in K km/s. @param {Cards} cards */
export function isSummed(cards) {
  const words = unitsIn(cards.text('BUNIT') ?? '')
  return words.includes('km') && words.some((word) => ['k', 'jy', 'mjy'].includes(word))
}

/** @param {string} text */
function unitsIn(text) {
  return text.toLowerCase().split(/[\s./*^()-]+|(?<=[a-z])(?=\d)/).filter((word) => word && !/^\d+$/.test(word))
}

/** @param {Product} product @param {Words} words */
function reduction({ cards, kind, spectral, image }, { calibration }) {
  const written = calibration.processed.find((name) => {
    const value = cards.value(name)
    return value !== null && value !== '' && value !== 0 && value !== false
  })
  if (written) return { level: 2, source: `${written}, written by a reduction` }
  return kind === 'spectrum' && !image ? { level: 2, source: 'the wavelengths are calibrated (confidence 0.4)' } : spectral && image ? { level: 2, source: 'the wavelengths are calibrated (confidence 0.4)' } : null
}

/** Whole numbers of a camera are what it read out. @param {Product} product @param {Words} words */
function counts({ cards, bits, image, kind, beside }, { calibration }) {
  if (kind === 'event' || kind === 'visibility') return { level: 1, source: 'as recorded (confidence 0.4)' }
  if (!image || !calibration.camera.some((name) => cards.has(name))) return null
  if (beside) return { reason: 'whether wavelengths of another HDU are of its pixels portal extract tells only' }
  if (bits !== null && bits > 0) return { level: 1, source: 'whole numbers of a camera (confidence 0.4)' }
  const told = calibration.kinds.some((name) => cards.text(name)) && !cards.text('BUNIT')
  return told ? { level: 1, source: 'a frame of a camera (confidence 0.4)' } : null
}

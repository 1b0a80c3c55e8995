// What was observed, with what, and under which identifier.

import { isLamp, regex, saying, wordsIn } from './words.js'

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./words.js').Words} Words
 * @typedef {{value: string, source: string} | {reason: string} | null} Named
 */

/**
 * The name of the target, by the first keyword that gives one.
 * @param {Cards} cards
 * @param {Words} words
 * @returns {Named}
 */
export function targetOf(cards, words) {
  let refused = null
  for (const name of words.names.targets) {
    const text = saying(cards.text(name), words.names.blanks)
    if (text === null) continue
    const fault = faultOf(text, name === 'OBJECT' ? '' : cards.comment(name), words)
    if (fault === null) return { value: text, source: name }
    refused ??= { reason: `${text} is ${fault}` }
  }
  return refused
}

/**
 * @param {string} text
 * @param {string} comment
 * @param {Words} words
 */
function faultOf(text, comment, { names, exposures }) {
  const parts = wordsIn(text)
  if (isLamp(text, exposures)) return 'a lamp or a calibration'
  if (/^\d+$/.test(text.replaceAll('.', ''))) return 'a number, not a name'
  if (regex(names.maps).test(text)) return 'a map of what goes with data'
  if (regex(names.file).test(text) || regex(names.plate).test(comment)) return 'not the name of a target'
  if (regex(names.scan).test(text)) return 'the number of a scan or an exposure'
  const capitals = text === text.toUpperCase() && text !== text.toLowerCase()
  if (text.split('_').length > 2 && capitals && parts.some((word) => names.template.includes(word))) return 'the name of an observing template'
  const letters = parts.filter((word) => !/^\d+$/.test(word))
  return parts.includes('survey') || (letters.length > 0 && letters.every((word) => names.generic.includes(word))) ? 'a word for any target' : null
}

/**
 * @param {Cards} cards
 * @param {Words} words
 * @returns {Named}
 */
export function facilityOf(cards, { names }) {
  const says = (/** @type {string} */ name) => saying(cards.text(name), names.blanks)
  const telescope = says('TELESCOP')
  const site = names.sites.find((name) => says(name) !== null)
  if (telescope && names.no_facility.includes(telescope.toLowerCase())) return { reason: `${telescope} names no telescope` }
  if (telescope && regex(names.aperture).test(telescope)) return ofAperture(telescope, site ? says(site) : null, says('ORIGIN'))
  if (telescope) return { value: telescope, source: 'TELESCOP' }
  if (site) return { value: says(site) ?? '', source: `${site}, no TELESCOP` }
  const origin = says('ORIGIN')
  if (origin && regex(names.named_telescope).test(cards.comment('ORIGIN'))) return { value: origin, source: 'ORIGIN, the name of a telescope' }
  return names.hubble.includes((cards.text('INSTRUME') ?? '').toUpperCase()) ? { value: 'HST', source: 'INSTRUME, which only one telescope had' } : null
}

/**
 * A telescope that is named by its aperture alone, such as 3.5m.
 * @param {string} telescope
 * @param {string | null} site
 * @param {string | null} origin
 */
function ofAperture(telescope, site, origin) {
  if (site) return { value: `${site} ${telescope}`, source: 'TELESCOP, with the observatory' }
  const institution = origin && /^\p{L}{1,8}$/u.test(origin) ? `${origin} ` : ''
  return { value: `${institution}${telescope}`, source: 'TELESCOP, an aperture' }
}

/**
 * @param {Cards} cards
 * @param {Words} words
 * @returns {Named}
 */
export function instrumentOf(cards, { names }) {
  for (const name of names.instruments) {
    const text = saying(cards.text(name), names.blanks)
    if (text !== null && /^\d+$/.test(text) && !names.instruments_stated.includes(name)) continue
    if (text !== null && !(name === 'DETECTOR' && regex(names.chip).test(text))) return { value: text, source: name }
  }
  return null
}

/**
 * What the first of some keywords says.
 * @param {Cards} cards
 * @param {string[]} keywords
 * @param {Words} words
 * @returns {{value: string, source: string} | null}
 */
export function firstOf(cards, keywords, { names }) {
  for (const name of keywords) {
    const text = saying(cards.text(name), names.blanks)
    if (text !== null) return { value: text, source: name }
  }
  return null
}

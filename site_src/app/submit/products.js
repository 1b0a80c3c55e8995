// Which HDUs of a file are products, and why the others are none.

import { skyOf } from './plane.js'
import { tableKind } from './tables.js'

/**
 * @typedef {import('./fits.js').Hdu} Hdu
 * @typedef {import('./words.js').Words} Words
 * @typedef {{code: string, why: string, firm: boolean}} Role what an HDU is for; firm where it is no product even alone
 */

const IMAGES = ['image', 'compressed']
const SCIENCE = 'science'
/** A lone wavelength as a unit of pixels: an axis, not a measurement. */
const LENGTHS = /^(angstroms?|nm|um|microns?|nanometers?|micrometers?)$/i
/** What may stand beside headers that are all there is. */
const BESIDE_HEADERS = ['no data', 'history', 'distortion']
const OBSERVED = ['TELESCOP', 'INSTRUME', 'OBJECT', 'DATE-OBS', 'MJD-OBS', 'OBSID', 'OBS_ID']

/**
 * @typedef {{hdu: Hdu, kind: string | null}} Product kind of a table, null for an array
 * @typedef {{hdu: Hdu, text: string}} Left what only the command makes rows of
 *
 * @param {Hdu[]} hdus
 * @param {Words} words
 * @returns {{products: Product[], parts: string[], left: Left[]}} parts that are no products, and why
 */
export function productsOf(hdus, words) {
  const tables = new Map(hdus.filter(({ kind }) => kind === 'table').map((hdu) => [hdu, tableKind(hdu, /** @type {Hdu} */ (hdus[0]).cards, words)]))
  const roles = new Map(hdus.map((hdu) => [hdu, withTable(roleOf(hdu, words), tables.get(hdu))]))
  const at = (/** @type {Hdu} */ hdu) => /** @type {Role} */ (roles.get(hdu))
  let chosen = hdus.filter((hdu) => at(hdu).code === SCIENCE)
  // What goes with data elsewhere is here all that was observed.
  if (chosen.length === 0) chosen = hdus.filter((hdu) => !at(hdu).firm)
  if (chosen.length === 0 && hdus.every((hdu) => BESIDE_HEADERS.includes(at(hdu).code))) chosen = headersOf(hdus, words)
  chosen = chosen.filter((hdu) => !isBare(hdu, chosen) && !isFiller(hdu, chosen))
  const parts = hdus
    .filter((hdu) => !chosen.includes(hdu) && (hdu.kind !== 'empty' || hdus.length === 1))
    .map((hdu) => `HDU ${hdu.index}${hdu.name ? ` (${hdu.name})` : ''} is no product: ${reason(at(hdu))}`)
  const unknown = chosen.filter((hdu) => tables.get(hdu) === null)
  const products = chosen.filter((hdu) => !unknown.includes(hdu)).map((hdu) => ({ hdu, kind: hdu.kind === 'groups' ? 'visibility' : kindIn(tables.get(hdu)) }))
  const axes = chosen.length > 0 ? undefined : hdus.find(({ kind, cards }) => kind === 'empty' && cards.names().some((name) => /^CTYPE\d/.test(name)))
  const left = unknown.map((hdu) => ({ hdu, text: 'a table of which the values have to be read' }))
  return { products, parts, left: axes ? [...left, { hdu: axes, text: 'a header without data that may describe an observation' }] : left }
}

/** @param {ReturnType<typeof tableKind> | undefined} found */
function kindIn(found) {
  return found && 'kind' in found ? found.kind : null
}

/** A table named after its wavelengths may hold what was measured at them. @param {Role} said @param {ReturnType<typeof tableKind> | undefined} found @returns {Role} */
function withTable(said, found) {
  if (found === undefined || !['science', 'wavelengths'].includes(said.code)) return said
  if (found && 'none' in found) return said.code === SCIENCE ? role(found.none, found.why, true) : said
  return role(SCIENCE, '', true)
}

/** Headers without data that describe an observation, the primary one before others. @param {Hdu[]} hdus @param {Words} words */
function headersOf(hdus, words) {
  const [primary, ...others] = hdus
  const describes = (/** @type {Hdu} */ { cards }) => OBSERVED.some((name) => cards.text(name)) || 'at' in (skyOf(cards, words.frames) ?? {})
  if (primary?.kind !== 'empty') return []
  return describes(primary) ? [primary] : others.filter((hdu) => hdu.kind === 'empty' && describes(hdu) && roleIn(hdu, words).code === SCIENCE)
}

/** @param {Role} of */
function reason({ code, why }) {
  return code === SCIENCE ? 'nothing about its axes, beside an HDU with coordinates' : `${code} (${why})`
}

/** @param {string} code @param {string} why @param {boolean} firm @returns {Role} */
function role(code, why, firm) {
  return { code, why, firm }
}

/** @param {Hdu} hdu @param {Words} words @returns {Role} */
function roleOf(hdu, words) {
  return hdu.kind === 'empty' ? role('no data', 'a header alone', true) : roleIn(hdu, words)
}

/** @param {Hdu} hdu @param {Words} words @returns {Role} */
function roleIn(hdu, words) {
  const extension = (hdu.cards.text('XTENSION') ?? 'IMAGE').toUpperCase()
  if (!words.roles.extensions.includes(extension)) return role('extension', `XTENSION = ${extension}`, true)
  const said = byClass(hdu, words) ?? byName('EXTNAME', hdu.name, words)
  if (said) return said
  for (const key of words.roles.keywords) {
    const found = byName(key, hdu.cards.text(key) ?? '', words)
    if (found) return found
  }
  return (IMAGES.includes(hdu.kind) ? byUnit(hdu, words) : null) ?? role(SCIENCE, '', true)
}

/** @param {Hdu} hdu @param {Words} words */
function byClass(hdu, { roles }) {
  for (const key of ['HDUCLAS3', 'HDUCLAS2', 'HDUCLAS1']) {
    const text = (hdu.cards.text(key) ?? '').toUpperCase()
    const code = roles.classes[text]
    if (code) return role(code, `${key} = ${text}`, true)
  }
  return null
}

/** @param {string} key @param {string} name @param {Words} words */
function byName(key, name, { roles }) {
  const found = partsOf(name)
  if (found.length === 0 || roles.scientific.includes(found[0] ?? '')) return null
  for (const word of found) {
    const known = Object.hasOwn(roles.words, word) ? roles.words[word] : null
    if (known) return role(known[0], `${key} = ${name}`, known[1])
  }
  const whole = name.trim().toUpperCase()
  return Object.hasOwn(roles.names, whole) ? role(roles.names[whole] ?? '', `${key} = ${name}`, false) : null
}

/** The name without signs and the number at its end, and its words, all in small letters. @param {string} name */
function partsOf(name) {
  const parts = name.split(/[^A-Za-z]+/).filter(Boolean)
  if (!name) return []
  const whole = name.replace(/[^A-Za-z0-9]+/g, '').replace(/\d+$/, '').toLowerCase()
  const split = parts.flatMap((part) => (part === part.toUpperCase() ? [part] : part.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? []))
  return [whole, ...parts, ...split].map((word) => word.toLowerCase())
}

/** @param {Hdu} hdu @param {Words} words */
function byUnit(hdu, { roles }) {
  const unit = hdu.cards.text('BUNIT') ?? ''
  const word = partsOf(unit).find((part) => roles.units.includes(part))
  if (word) return role(/^(err|iv|va)/.test(word) ? 'errors' : 'mask', `BUNIT = ${unit}`, true)
  if (roles.auxiliary.includes(unit.toLowerCase())) return role('auxiliary', `BUNIT = ${unit}`, false)
  return LENGTHS.test(unit) ? role('wavelengths', `BUNIT = ${unit}`, true) : null
}

/** Whether an image says nothing of its axes in a file with one that does. @param {Hdu} hdu @param {Hdu[]} chosen */
function isBare(hdu, chosen) {
  if (hdu.index === 0 || !IMAGES.includes(hdu.kind) || hdu.name) return false
  return !hasCoordinates(hdu) && chosen.some(hasCoordinates)
}

/** Whether a primary array of one element stands before what was observed. @param {Hdu} hdu @param {Hdu[]} chosen */
function isFiller({ index, kind, shape }, chosen) {
  return index === 0 && kind === 'image' && shape.length > 0 && shape.every((length) => length === 1) && chosen.length > 1
}

/** @param {Hdu} hdu */
function hasCoordinates({ cards }) {
  return cards.names().some((name) => /^(CTYPE|CRVAL)[1-9]\d?$/.test(name) && cards.text(name) !== null)
}

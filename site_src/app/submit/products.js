// Which HDUs of a file are products, and why the others are none.

import { saying, wordsIn } from './words.js'

/**
 * @typedef {import('./fits.js').Hdu} Hdu
 * @typedef {import('./words.js').Words} Words
 * @typedef {{code: string, why: string, firm: boolean}} Role what an HDU is for; firm where it is no product even alone
 */

const IMAGES = ['image', 'compressed']
const SCIENCE = 'science'
/** A lone wavelength as a unit of pixels: an axis, not a measurement. */
const LENGTHS = /^(angstroms?|nm|um|microns?|nanometers?|micrometers?)$/i
const OBSERVED = ['TELESCOP', 'INSTRUME', 'OBJECT', 'DATE-OBS', 'MJD-OBS', 'OBSID', 'OBS_ID']

/**
 * @param {Hdu[]} hdus
 * @param {Words} words
 * @returns {{products: Hdu[], reasons: string[]}}
 */
export function productsOf(hdus, words) {
  const roles = hdus.map((hdu) => (hdu.kind === 'empty' ? role('no data', 'a header alone', true) : roleOf(hdu, words)))
  const at = (/** @type {Hdu} */ hdu) => /** @type {Role} */ (roles[hdu.index])
  let chosen = hdus.filter((hdu) => at(hdu).code === SCIENCE)
  // What goes with data elsewhere is here all that was observed.
  if (chosen.length === 0) chosen = hdus.filter((hdu) => !at(hdu).firm)
  chosen = chosen.filter((hdu) => !isBare(hdu, chosen))
  const reasons = hdus
    .filter((hdu) => !chosen.includes(hdu) && (hdu.kind !== 'empty' || hdus.length === 1))
    .map((hdu) => `HDU ${hdu.index}${hdu.name ? ` (${hdu.name})` : ''} is no product: ${reason(at(hdu))}`)
  if (chosen.length === 0 && hdus.some((hdu) => hdu.kind === 'empty' && OBSERVED.some((name) => hdu.cards.text(name)))) {
    reasons.push('a header without data, of which portal extract makes a row if it describes an observation')
  }
  return { products: chosen, reasons }
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

/** @param {Hdu} hdu */
function hasCoordinates({ cards }) {
  return cards.names().some((name) => /^(CTYPE|CRVAL)[1-9]\d?$/.test(name) && cards.text(name) !== null)
}

/**
 * What a table holds; null where only the command can tell.
 * @param {Hdu} hdu
 * @param {Words} words
 * @returns {{kind: string} | {none: string} | null}
 */
export function tableKind(hdu, { columns }) {
  const plain = hdu.columns.map(({ name, length }) => ({ length, name: name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '') }))
  const has = (/** @type {string[]} */ list) => plain.some(({ name }) => list.includes(name))
  const ordering = (hdu.cards.text('ORDERING') ?? '').toUpperCase()
  if (has(['uniq']) || ['NUNIQ', 'RANGE'].includes(ordering)) return { none: 'coverage map (cells of the sky, as in a MOC)' }
  if ((hdu.cards.text('PIXTYPE') ?? '').toUpperCase() === 'HEALPIX') return null
  const said = (hdu.cards.text('HDUCLAS1') ?? '').toUpperCase()
  if (said === 'EVENTS' || hdu.name.toUpperCase().startsWith('EVENTS')) return { kind: 'event' }
  if (columns.positions.some((pair) => pair.every((one) => has([one.toLowerCase()]))) || has(['data'])) return null
  if (has(columns.photons.filter((name) => name !== 'energy' && name !== 'channel')) || has(columns.visibilities) || plain.some(({ name }) => /^[uv]{2}_/.test(name))) return null
  const measured = plain.filter(({ name }) => columns.measured.includes(name))
  const spectral = plain.find(({ name }) => columns.spectral.includes(name))
  const long = measured.some(({ length }) => length > 1) || (hdu.rows ?? 0) > 1
  const fits = spectral && (spectral.length === 1 || measured.some(({ length }) => length === spectral.length))
  if (spectral && fits && measured.length > 0 && long && !has(columns.times) && !['channel', 'chan', 'energy'].includes(spectral.name)) return { kind: 'spectrum' }
  return null
}

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

/** Whether keywords say that light was dispersed along an axis. @param {import('./cards.js').Cards} cards @param {Words} words */
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

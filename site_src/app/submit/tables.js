// What a table holds, by its columns and header: the twin of portal.fits.table_kinds.

import { regex } from './words.js'

/**
 * @typedef {import('./fits.js').Hdu} Hdu
 * @typedef {import('./words.js').Words} Words
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./fits.js').Column} Column
 * @typedef {Map<string, Column>} Names columns by their plain names
 */

/** Counts of a detector, which are no wavelengths. */
const CHANNELS = ['channel', 'chan', 'energy']

/**
 * What product a table is, or why it is none; null where only its values could tell.
 * @param {Hdu} hdu
 * @param {Cards} primary may hold its axis
 * @param {Words} words
 * @returns {{kind: string} | {none: string, why: string} | null}
 */
export function tableKind(hdu, primary, { columns: words }) {
  const names = new Map(hdu.columns.map((column) => /** @type {[string, Column]} */ ([plain(column.name), column])))
  const has = (/** @type {string[]} */ list) => list.some((name) => names.has(name))
  const upper = new Set(hdu.columns.map(({ name }) => name.toUpperCase()))
  const targets = words.positions.some((pair) => pair.every((one) => upper.has(one)))
  const said = (hdu.cards.text('HDUCLAS1') ?? '').toUpperCase()
  const extension = hdu.name.toUpperCase()
  if (has(['uniq']) || ['NUNIQ', 'RANGE'].includes((hdu.cards.text('ORDERING') ?? '').toUpperCase())) return { none: 'coverage map', why: 'cells of the sky, as in a MOC' }
  const dish = upper.has('DATA') && (extension === 'SINGLE DISH' || upper.has('CRVAL1'))
  const several = targets && hdu.columns.some(({ length }) => length > 1)
  if ((hdu.cards.text('PIXTYPE') ?? '').toUpperCase() === 'HEALPIX' || dish || several) return null
  if (said === 'EVENTS' || extension.startsWith('EVENTS') || (has(['time']) && has(words.photons) && !has(words.rates))) return { kind: 'event' }
  if (words.interferometry.includes(extension) || isVisible(names, words.visibilities)) return { kind: 'visibility' }
  if (said === 'SPECTRUM' || isSpectrum(hdu, names, targets, describes(hdu.cards) || describes(primary), words)) return { kind: 'spectrum' }
  if (said === 'LIGHTCURVE' || isOfPulsar(hdu)) return { kind: 'timeseries' }
  if (isSeries(hdu, names, targets, words)) return targets ? null : { kind: 'timeseries' }
  const shown = hdu.columns.slice(0, 6).map(({ name }) => name).join(', ') || 'no columns'
  return targets ? { none: 'catalogue', why: `a table of sources: ${shown}` } : { none: 'table', why: `no spectrum, time series, events or visibilities: ${shown}` }
}

/** @param {string} name */
function plain(name) {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '')
}

/** Whether a header gives the coordinates of samples that no column gives. @param {Cards} cards */
function describes(cards) {
  return ['CDELT1', 'CD1_1', 'COEFF1', 'WAVESTEP'].some((name) => cards.number(name)) && ['CRVAL1', 'COEFF0', 'WAVESTRT'].some((name) => cards.text(name) !== null)
}

/** @param {Names} names @param {string[]} visibilities */
function isVisible(names, visibilities) {
  const heads = new Set([...names.keys()].map((name) => name.split('_')[0]))
  return (heads.has('uu') && heads.has('vv')) || visibilities.some((name) => !['uu', 'vv', 'ww'].includes(name) && names.has(name))
}

/**
 * Values along a spectral axis: more than a few, in the rows or in each row.
 * @param {Hdu} hdu
 * @param {Names} names
 * @param {boolean} targets
 * @param {boolean} described
 * @param {Words['columns']} words
 */
function isSpectrum({ columns, rows }, names, targets, described, words) {
  const of = (/** @type {(name: string) => boolean} */ test) => [...names].filter(([name]) => test(name)).map(([, column]) => column)
  const [whole, fibre] = [of((name) => words.measured.includes(name)), of((name) => regex(words.fibre).test(name))]
  const measured = whole.length > 0 ? whole : fibre
  if (measured.length === 0) return false
  const most = Math.max(...measured.map(({ length }) => length))
  const long = most > 1 || rows > 1
  const timed = words.times.some((name) => names.has(name))
  const spectral = columns.find(({ name }) => words.spectral.includes(plain(name)))
  if (!spectral) return long && described && !timed && !targets
  const beside = measured.some(({ length, varies }) => length === spectral.length || (varies && spectral.varies))
  if (spectral.length > 1 && !beside) return false
  return CHANNELS.includes(plain(spectral.name)) ? long && !timed : long && !(targets && most === 1)
}

/**
 * Several times with something measured; of one place, as far as the header can tell.
 * @param {Hdu} hdu
 * @param {Names} names
 * @param {boolean} targets
 * @param {Words['columns']} words
 */
function isSeries({ name, rows }, names, targets, { rates, times }) {
  const has = (/** @type {string[]} */ list) => list.some((one) => names.has(one))
  const long = [...names].some(([one, { length }]) => length > 1 && (times.includes(one) || rates.includes(one)))
  if (!has(times) || (rows < 2 && (!long || targets))) return false
  return has(rates) || ['RATE', 'LIGHTCURVE', 'TIMESERIES'].includes(name.toUpperCase())
}

/** Profiles or samples of a pulsar in rows that follow each other, as PSRFITS has them. @param {Hdu} hdu */
export function isOfPulsar({ columns, rows }) {
  const names = columns.map(({ name }) => name.toUpperCase())
  return names.includes('DATA') && names.includes('DAT_FREQ') && rows > 0
}

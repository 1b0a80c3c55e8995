// Lists in the address: names, pasted identifiers, the outline of a lasso.

import { crc32 } from '../page/crc32.js'
import { short } from '../page/format.js'

/** Longest list of identifiers in an address; servers and mail programs cut longer ones. */
const LONGEST = 4000
const KEPT = '~'

/** @typedef {import('../data/filters.js').LassoFilter} LassoFilter */

/**
 * Names as one text, a space between two; spaces inside a name are escaped.
 * @param {string[]} names
 */
export function listTo(names) {
  return names.map((name) => name.replaceAll('%', '%25').replaceAll(' ', '%20')).join(' ')
}

/**
 * @param {string | null} text
 * @returns {string[]}
 */
export function listFrom(text) {
  const plain = (/** @type {string} */ name) => name.replaceAll('%20', ' ').replaceAll('%25', '%')
  return (text ?? '').split(' ').filter(Boolean).map(plain)
}

/**
 * Whether a list of identifiers is too long for an address.
 * @param {string[]} ids
 */
export function tooLong(ids) {
  return listTo(ids).length > LONGEST
}

/**
 * Identifiers for the address; a list that is too long stays in the tab under a short name.
 * @param {string[]} ids
 */
export function idsTo(ids) {
  const text = listTo(ids)
  if (text.length <= LONGEST && !text.startsWith(KEPT)) return text
  const key = KEPT + crc32(text).toString(16)
  globalThis.sessionStorage?.setItem(key, text)
  return key
}

/**
 * The identifiers of an address; none if they were kept in a tab other than this.
 * @param {string} text
 */
export function idsFrom(text) {
  return listFrom(text.startsWith(KEPT) ? (globalThis.sessionStorage?.getItem(text) ?? '') : text)
}

/** @param {LassoFilter} lasso */
export function lassoTo({ x, y, logx, logy, points }) {
  const scale = (/** @type {boolean} */ log) => (log ? 'log' : 'lin')
  return [listTo([x, y]), scale(logx), scale(logy), ...points.map((point) => point.map(short).join())].join(' ')
}

/**
 * @param {string} text
 * @returns {LassoFilter | null}
 */
export function lassoFrom(text) {
  const [x = '', y = '', logx, logy, ...rest] = listFrom(text)
  const points = rest.map((point) => /** @type {[number, number]} */ (point.split(',').map(Number)))
  const whole = points.every((point) => point.length === 2 && point.every(Number.isFinite))
  if (points.length < 3 || !whole) return null
  return { kind: 'lasso', x, y, logx: logx === 'log', logy: logy === 'log', points }
}

/** A part of the sky: its middle and its width in degrees. @param {import('../sky/projection.js').Look} look */
export function lookTo({ ra, dec, field }) {
  const decimals = Math.max(0, Math.ceil(3 - Math.log10(field)))
  return [ra.toFixed(decimals), dec.toFixed(decimals), field.toPrecision(4)].map(Number).join(' ')
}

/**
 * @param {string} text
 * @returns {import('../sky/projection.js').Look | undefined}
 */
export function lookFrom(text) {
  const [ra = NaN, dec = NaN, field = NaN, ...rest] = listFrom(text).map(Number)
  return rest.length === 0 && ra >= 0 && ra <= 360 && Math.abs(dec) <= 90 && field > 0 && field <= 360 ? { ra, dec, field } : undefined
}

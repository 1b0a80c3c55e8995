// What colour each row of the plot has, and what the colours mean.

import { position, scaleOf, wantsLog } from './axes.js'
import { bytesOf, CATEGORIES, NONE, ramp, STEPS } from '../charts/colourmap.js'
import { entries } from '../data/filters.js'

/**
 * @typedef {import('../data/column.js').Column} Column
 * @typedef {import('./axes.js').Scale} Scale
 * @typedef {{text: string, colour: number, count: number}} Key  colour is a place in the palette
 *
 * @typedef {object} Colouring
 * @property {Uint8Array} codes place in the palette for each row of the table, or NONE
 * @property {Uint8Array} palette three bytes a colour
 * @property {Scale | null} scale of a column of numbers
 * @property {Key[]} keys of a column of words, the commonest first
 */

/** What stands for the values that get no colour of their own. */
export const OTHER = 'other values'

/**
 * Colours by a column.
 * @param {Column} column
 * @param {{dark: boolean, log?: boolean | undefined}} options log is chosen by the values if left out
 * @returns {Colouring}
 */
export function colourBy(column, { dark, log }) {
  return column.kind === 'number' ? byNumber(column.values, log ?? wantsLog(column.values), ramp(dark ? 'ondark' : 'onlight')) : byWord(column, dark)
}

/**
 * One colour for all.
 * @param {number} rows
 * @param {string} colour
 * @returns {Colouring}
 */
export function plain(rows, colour) {
  return { codes: new Uint8Array(rows), palette: Uint8Array.from(bytesOf(colour)), scale: null, keys: [] }
}

/**
 * @param {Float64Array} values
 * @param {boolean} log
 * @param {Uint8Array} palette
 * @returns {Colouring}
 */
function byNumber(values, log, palette) {
  const codes = new Uint8Array(values.length).fill(NONE)
  const scale = scaleOf(values, log, 0)
  if (!scale) return { codes, palette, scale, keys: [] }
  for (let row = 0; row < codes.length; row++) {
    const at = position(scale, /** @type {number} */ (values[row]))
    if (at >= 0 && at <= 1) codes[row] = Math.min(Math.floor(at * (STEPS - 1)), STEPS - 2)
  }
  return { codes, palette, scale, keys: [] }
}

/**
 * @param {Column} column
 * @param {boolean} dark
 * @returns {Colouring}
 */
function byWord(column, dark) {
  const palette = CATEGORIES[dark ? 'dark' : 'light']
  const words = Array.from({ length: column.values.length }, (_, row) => entries(column, row).join(', '))
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const word of words) if (word) counts.set(word, (counts.get(word) ?? 0) + 1)
  const ordered = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  const own = ordered.length <= palette.length ? ordered : ordered.slice(0, palette.length - 1)
  const place = new Map(own.map(([word], i) => [word, i]))
  const codes = Uint8Array.from(words, (word) => (word === '' ? NONE : place.get(word) ?? palette.length - 1))
  const keys = own.map(([text, count], colour) => ({ text, colour, count }))
  const rest = ordered.slice(own.length).reduce((sum, [, count]) => sum + count, 0)
  if (rest > 0) keys.push({ text: OTHER, colour: palette.length - 1, count: rest })
  return { codes, palette: Uint8Array.from(palette.flatMap(bytesOf)), scale: null, keys }
}

/**
 * How many of some rows have each colour.
 * @param {Colouring} colouring
 * @param {Uint32Array} rows
 */
export function countColours({ codes }, rows) {
  const counts = new Uint32Array(NONE + 1)
  for (const row of rows) {
    const code = /** @type {number} */ (codes[row])
    counts[code] = /** @type {number} */ (counts[code]) + 1
  }
  return counts
}

// From the values of a map to colours: which colours, from where to where, and how stretched.

import { ramp, STEPS } from '../charts/colourmap.js'

/**
 * @typedef {object} MapScale
 * @property {import('../charts/colourmap.js').MapName} colours
 * @property {number} low
 * @property {number} high
 * @property {boolean} root square root from `low` upwards, so that faint outskirts show
 */

/** Part of the most extreme values that a scale of velocities leaves out. */
const EXTREME = 0.01

/**
 * A scale from 0 (or the lowest value, where there are negative ones) to the highest.
 * @param {ArrayLike<number>} values
 * @param {number} [least] the end of the scale at least
 * @returns {MapScale}
 */
export function amounts(values, least = 0) {
  let high = least
  for (let i = 0; i < values.length; i++) if (Number(values[i]) > high) high = Number(values[i])
  return { colours: 'inferno', low: 0, high: high || 1, root: true }
}

/**
 * A symmetric scale about 0.
 * @param {ArrayLike<number>} values
 * @returns {MapScale}
 */
export function signed(values) {
  const high = quantile(Array.from(values, Math.abs))
  return { colours: 'velocity', low: -high, high, root: false }
}

/**
 * A scale from 0 that leaves out the most extreme values.
 * @param {ArrayLike<number>} values
 * @returns {MapScale}
 */
export function widths(values) {
  return { colours: 'inferno', low: 0, high: quantile(Array.from(values)), root: false }
}

/** @param {number[]} values */
function quantile(values) {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort()
  return sorted[Math.floor((sorted.length - 1) * (1 - EXTREME))] || 1
}

/**
 * The value at a place of the colour bar, 0 to 1.
 * @param {MapScale} scale
 * @param {number} at
 */
export function valueAlong({ low, high, root }, at) {
  return low + (high - low) * (root ? at * at : at)
}

/**
 * A picture of values, row 0 at the bottom; clear where there is none.
 * @param {ArrayLike<number>} values row by row
 * @param {number} columns
 * @param {MapScale} scale
 */
export function painted(values, columns, { colours, low, high, root }) {
  const rows = values.length / columns
  const picture = new ImageData(columns, rows)
  const table = ramp(colours)
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i])
    if (Number.isNaN(value)) continue
    const part = Math.min(Math.max((value - low) / (high - low), 0), 1)
    const colour = 3 * Math.round((root ? Math.sqrt(part) : part) * (STEPS - 1))
    const at = 4 * ((rows - 1 - Math.floor(i / columns)) * columns + (i % columns))
    picture.data.set([Number(table[colour]), Number(table[colour + 1]), Number(table[colour + 2]), 255], at)
  }
  return picture
}

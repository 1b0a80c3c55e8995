// Columns in the units in which people see them; the outline of a lasso is in those of the file.

import { unitOf } from '../data/settings.js'

/** @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo */
/** @typedef {{unit: string, factor: number}} Lens a value of the file times the factor is in the unit */

/** Sizes have a unit of their own in every cell of the table, but one axis has one unit. */
const SIZES = { unit: 'MB', factor: 1e-6 }

/** Made once the whole column has been read. @type {WeakMap<Float64Array, Float64Array>} */
const SEEN = new WeakMap()

/**
 * How the plot sees a column. An inverse unit would turn straight outlines into curves, so it is passed over.
 * @param {ColumnInfo} info
 * @returns {Lens}
 */
export function lensOf(info) {
  if (info.unit === 'byte') return SIZES
  const scale = info.scales?.[0]
  if (scale?.inverse) return { unit: info.unit, factor: 1 }
  return { unit: unitOf(info), factor: scale?.factor ?? 1 }
}

/**
 * Values in the unit of the plot.
 * @param {Float64Array} values of the file
 * @param {number} factor
 */
export function seen(values, factor) {
  if (factor === 1) return values
  let made = SEEN.get(values)
  if (!made) {
    made = values.map((value) => value * factor)
    SEEN.set(values, made)
  }
  return made
}

/**
 * A value of the plot in the unit of the file, without the figures that the factor makes up.
 * @param {number} value
 * @param {number} factor
 */
export function unseen(value, factor) {
  return factor === 1 ? value : Number((value / factor).toPrecision(13))
}

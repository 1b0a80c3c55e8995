// What the plot shows, apart from how it is drawn: scales, colours, which rows have a place.

import { position, scaleOf, valueAt } from './axes.js'

/**
 * @typedef {import('./axes.js').Scale} Scale
 * @typedef {import('../data/filters.js').LassoFilter} LassoFilter
 * @typedef {import('./draw.js').Box} Box
 * @typedef {{info: {name: string, label: string, unit: string}, factor: number, values: Float64Array, scale: Scale}} Side
 *   a column along an axis, in the unit of the plot
 * @typedef {[number, number]} Point
 */

/**
 * Places along an axis in pixels; NaN for values without one.
 * @param {Scale} scale
 * @param {Float64Array} values
 * @param {number} length
 * @param {boolean} upwards
 */
export function places(scale, values, length, upwards) {
  const placed = new Float32Array(values.length)
  for (let row = 0; row < placed.length; row++) {
    const at = position(scale, /** @type {number} */ (values[row]))
    placed[row] = (upwards ? 1 - at : at) * length
  }
  return placed
}

/**
 * The scale of a column, or of the part that is enlarged.
 * @param {Float64Array} values
 * @param {boolean} log
 * @param {Point | null} zoom lowest and highest value
 * @returns {Scale | null}
 */
export function scaleFor(values, log, zoom) {
  return zoom ? { min: zoom[0], max: zoom[1], log } : scaleOf(values, log)
}

/**
 * The rows that are drawn, and how many are not: they lack a value, or a logarithmic axis has no place for it.
 * @param {Uint32Array} rows
 * @param {Side} x
 * @param {Side} y
 */
export function drawable(rows, x, y) {
  const known = rows.filter((row) => Number.isFinite(x.values[row]) && Number.isFinite(y.values[row]))
  const fits = (/** @type {Side} */ { values, scale }, /** @type {number} */ row) => !scale.log || Number(values[row]) > 0
  const drawn = x.scale.log || y.scale.log ? known.filter((row) => fits(x, row) && fits(y, row)) : known
  return { rows: drawn, missing: rows.length - known.length, unfit: known.length - drawn.length }
}

/**
 * The value at a place in the box.
 * @param {Box} box
 * @param {Scale} x
 * @param {Scale} y
 * @param {Point} place
 * @returns {Point}
 */
export function valuesAt(box, x, y, [across, down]) {
  const inside = (/** @type {number} */ at) => Math.min(Math.max(at, 0), 1)
  return [valueAt(x, inside((across - box.left) / box.width)), valueAt(y, inside(1 - (down - box.top) / box.height))]
}

/** Places between two corners of an outline where its scale is not that of the drawing. */
const BENDS = 12

/**
 * The outline as it lies in the drawing: an edge that is straight on one scale is curved on another.
 * @param {LassoFilter} lasso
 * @param {Box} box
 * @param {Side} x
 * @param {Side} y
 * @returns {Point[]} none if it belongs to other columns
 */
export function traced(lasso, box, x, y) {
  const swapped = lasso.x === y.info.name && lasso.y === x.info.name
  if (!swapped && (lasso.x !== x.info.name || lasso.y !== y.info.name)) return []
  const same = lasso.logx === (swapped ? y : x).scale.log && lasso.logy === (swapped ? x : y).scale.log
  const forth = (/** @type {Point} */ [a, b]) => /** @type {Point} */ ([lasso.logx ? Math.log(a) : a, lasso.logy ? Math.log(b) : b])
  const back = (/** @type {Point} */ [a, b]) => /** @type {Point} */ ([lasso.logx ? Math.exp(a) : a, lasso.logy ? Math.exp(b) : b])
  const values = same ? lasso.points : bent(lasso.points.map(forth)).map(back)
  return values.map(([a, b]) => {
    const [across, up] = swapped ? [b, a] : [a, b]
    return [box.left + position(x.scale, across * x.factor) * box.width, box.top + (1 - position(y.scale, up * y.factor)) * box.height]
  })
}

/**
 * @param {Point[]} corners
 * @returns {Point[]}
 */
function bent(corners) {
  return corners.flatMap(([x0, y0], i) => {
    const [x1, y1] = /** @type {Point} */ (corners[(i + 1) % corners.length])
    return Array.from({ length: BENDS }, (_, k) => /** @type {Point} */ ([x0 + ((x1 - x0) * k) / BENDS, y0 + ((y1 - y0) * k) / BENDS]))
  })
}

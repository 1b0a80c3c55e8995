// Outlines, rectangles and enlarged parts of the plot: no DOM.

import { valueAt } from './axes.js'
import { rounded, simplified } from './lasso.js'
import { scaleFor } from './scene.js'
import { unseen } from './units.js'

/** Part of an axis by which a rectangle from numbers is wider, so that its ends belong to it. */
const EDGE = 1e-4
/** Smallest outline in pixels of its longer side. */
const LEAST = 5

/**
 * @typedef {import('./axes.js').Scale} Scale
 * @typedef {import('../data/filters.js').LassoFilter} LassoFilter
 * @typedef {import('./scene.js').Side} Side
 * @typedef {[number, number]} Point
 */

/**
 * A trail of the pointer as an outline with few corners; none if it is too small to be meant.
 * @param {Point[]} trail
 */
export function enclosed(trail) {
  const [left, right] = ends(trail.map(([x]) => x))
  const [top, bottom] = ends(trail.map(([, y]) => y))
  const outline = simplified([...trail, /** @type {Point} */ (trail[0])], 1).slice(0, -1)
  return Math.max(right - left, bottom - top) < LEAST || outline.length < 3 ? [] : outline
}

/**
 * An outline in the units of the plot as a filter.
 * @param {Side} x
 * @param {Side} y
 * @param {Point[]} points
 * @returns {LassoFilter}
 */
export function lassoOf(x, y, points) {
  const own = points.map(([a, b]) => /** @type {Point} */ ([unseen(a, x.factor), unseen(b, y.factor)]))
  return { kind: 'lasso', x: x.info.name, y: y.info.name, logx: x.scale.log, logy: y.scale.log, points: own }
}

/**
 * The same with no more figures than the drawing has.
 * @param {Side} x
 * @param {Side} y
 * @param {Point[]} points
 */
export function drawnLasso(x, y, points) {
  return lassoOf(x, y, points.map(([a, b]) => [rounded(a, x.scale), rounded(b, y.scale)]))
}

/**
 * The rectangle between numbers, which belong to it; an open end is that of the values.
 * @param {Side} x
 * @param {Side} y
 * @param {import('./controls.js').Bounds} bounds
 */
export function rectangleOf(x, y, { xmin, xmax, ymin, ymax }) {
  const [left, right] = widened(x, xmin, xmax)
  const [bottom, top] = widened(y, ymin, ymax)
  return lassoOf(x, y, [[left, bottom], [right, bottom], [right, top], [left, top]])
}

/**
 * @param {Side} side
 * @param {number} low NaN for open
 * @param {number} high
 * @returns {Point}
 */
function widened({ scale: { log }, values }, low, high) {
  const whole = /** @type {Scale} */ (scaleFor(values, log, null))
  const min = Number.isNaN(low) || (log && low <= 0) ? whole.min : low
  const max = Number.isNaN(high) || (log && high <= 0) ? whole.max : high
  // A single number has no width to be a part of.
  const room = (max - min || whole.max - whole.min) * EDGE
  const ends = log ? [min * (1 - EDGE), max * (1 + EDGE)] : [min - room, max + room]
  return /** @type {Point} */ (ends.map((end) => Number(end.toPrecision(12))))
}

/**
 * A scale drawn together or apart around a place on it.
 * @param {Scale} scale
 * @param {number} middle position of the place
 * @param {number} factor above one shows more
 * @returns {Point}
 */
export function around(scale, middle, factor) {
  return [valueAt(scale, middle * (1 - factor)), valueAt(scale, middle + (1 - middle) * factor)]
}

/**
 * Points as the data of an SVG path.
 * @param {Point[]} points
 * @param {boolean} closed
 */
export function path(points, closed) {
  if (points.length === 0) return ''
  return `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}${closed ? 'Z' : ''}`
}

/**
 * The rectangle between the first and the last point of a trail.
 * @param {Point[]} trail
 * @returns {Point[]}
 */
export function corners(trail) {
  const [[x0, y0], [x1, y1]] = /** @type {[Point, Point]} */ ([trail[0], trail.at(-1)])
  return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
}

/**
 * Lowest and highest value.
 * @param {number[]} values
 * @returns {Point}
 */
export function ends(values) {
  return [Math.min(...values), Math.max(...values)]
}

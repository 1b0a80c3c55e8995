// Spectra made ready to be drawn: ascending velocities, line styles, and the value nearest to a velocity.

import { svg } from '../page/dom.js'
import { inks } from '../page/theme.js'

/** Line patterns of the six styles, those of the pictures on the model pages. */
const DASHES = [[], [7, 2.5], [2, 2], [9, 2.5, 2, 2.5], [4, 2], [1.5, 3]]

/**
 * @typedef {object} Spectrum
 * @property {string} label
 * @property {ArrayLike<number>} velocity in one direction, up or down
 * @property {ArrayLike<number>} flux NaN for no value
 * @property {number} [style] place in the palette, 0 to 5; that in the list if left out
 *
 * @typedef {{label: string, style: number, velocity: number[], flux: (number | null)[]}} Ordered
 */

/**
 * A spectrum with ascending velocities and null for no value.
 * @param {Spectrum} spectrum
 * @param {number} place in the list
 * @returns {Ordered}
 */
export function ordered({ label, velocity, flux, style }, place) {
  const order = Array.from(velocity, (_, i) => i)
  if (Number(velocity[0]) > Number(velocity[velocity.length - 1])) order.reverse()
  return {
    label,
    style: style ?? place,
    velocity: order.map((i) => Number(velocity[i])),
    flux: order.map((i) => (Number.isFinite(flux[i]) ? Number(flux[i]) : null)),
  }
}

/**
 * Pattern of a style, as canvas takes it.
 * @param {number} style
 */
export function dash(style) {
  return DASHES[style % DASHES.length] ?? []
}

/**
 * Colour of a style in the theme in force.
 * @param {Element} element
 * @param {number} style
 */
export function shade(element, style) {
  return getComputedStyle(element).getPropertyValue(`--portal-s${style % DASHES.length}`).trim() || inks(element).ink
}

/**
 * A piece of the line for the legend.
 * @param {number} style
 */
export function swatch(style) {
  const line = svg('line', { x1: 0, x2: 26, y1: 5, y2: 5, class: `spectrum-line is-s${style % DASHES.length}` })
  return svg('svg', { width: 26, height: 10, viewBox: '0 0 26 10', 'aria-hidden': 'true' }, line)
}

/**
 * What stands in the brackets of an axis title.
 * @param {string} title
 */
export function unitOf(title) {
  return /\(([^()]*)\)$/.exec(title)?.[1] ?? ''
}

/**
 * Place of the value nearest to one, in an ascending list.
 * @param {number[]} list
 * @param {number} value
 */
export function nearest(list, value) {
  let low = 0
  let high = list.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (Number(list[middle]) <= value) low = middle
    else high = middle
  }
  return Math.abs(Number(list[high]) - value) < Math.abs(Number(list[low]) - value) ? high : low
}

/**
 * Place of the value of a series nearest to a place; series have channels of their own.
 * @param {ArrayLike<number | null | undefined>} values
 * @param {number} index
 */
export function nearestValue(values, index) {
  for (let step = 0; step < values.length; step++) {
    for (const at of [index - step, index + step]) if (values[at] !== undefined) return at
  }
  return index
}

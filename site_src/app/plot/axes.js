// Scales and ticks of a drawing's axes: no DOM.

import { powerOfTen } from '../page/format.js'

/** Room around the outermost points, as a part of the axis. */
const MARGIN = 0.03
const MANTISSAS = [1, 2, 3, 4, 5, 6, 7, 8, 9]

/**
 * @typedef {{min: number, max: number, log: boolean}} Scale
 * @typedef {{major: {value: number, text: string}[], minor: number[], power: number}} Ticks
 *   labels are in units of ten to the `power`
 */

/**
 * Position of a value along an axis, 0 to 1 inside; NaN where it cannot be drawn.
 * @param {Scale} scale
 * @param {number} value
 */
export function position({ min, max, log }, value) {
  if (!log) return (value - min) / (max - min)
  return value > 0 ? Math.log(value / min) / Math.log(max / min) : NaN
}

/**
 * The value at a position along an axis.
 * @param {Scale} scale
 * @param {number} at
 */
export function valueAt({ min, max, log }, at) {
  return log ? min * (max / min) ** at : min + (max - min) * at
}

/**
 * A scale that holds all values that can be drawn; null if there is none.
 * @param {Float64Array} values
 * @param {boolean} log
 * @param {number} [margin] part of the axis left free at either end
 * @returns {Scale | null}
 */
export function scaleOf(values, log, margin = MARGIN) {
  let min = Infinity
  let max = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  if (min > max) return null
  const scale = { min, max, log }
  if (min === max) return log ? { min: min / 2, max: max * 2, log } : { min: min - (Math.abs(min) / 2 || 1), max: max + (Math.abs(max) / 2 || 1), log }
  return { min: valueAt(scale, -margin), max: valueAt(scale, 1 + margin), log }
}

/**
 * Whether all values are positive and span more than a factor of 30, as for histograms.
 * @param {Float64Array} values
 */
export function wantsLog(values) {
  const scale = scaleOf(values, false, 0)
  return scale !== null && scale.min > 0 && scale.max / scale.min > 30
}

/**
 * Ticks at round values, about `most` of them with labels.
 * @param {Scale} scale
 * @param {number} most
 * @returns {Ticks}
 */
export function ticks(scale, most) {
  const logarithmic = scale.log && (decades(scale, most, 3) ?? mantissas(scale, most) ?? decades(scale, most, 2))
  return logarithmic || steps(scale, most)
}

/**
 * Title of an axis with its unit and the power of ten of its labels.
 * @param {{label: string, unit: string}} info
 * @param {number} [power]
 */
export function title({ label, unit }, power = 0) {
  const inside = [power === 0 ? '' : powerOfTen(power), unit].filter(Boolean).join(' ')
  return inside ? `${label} (${inside})` : label
}

/**
 * @param {Scale} scale
 * @param {number} most
 * @returns {Ticks}
 */
function steps({ min, max }, most) {
  const { factor, size } = stepFor(min, max, Math.max(most, 2))
  const step = factor * size
  const power = powerFor(Math.max(Math.abs(min), Math.abs(max)))
  const decimals = Math.min(Math.max(0, -Math.floor(Math.log10(step / 10 ** power) + 1e-9)), 12)
  const major = multiples(min, max, step).map((value) => ({ value, text: written(value / 10 ** power, decimals) }))
  return { major, minor: multiples(min, max, step / (factor === 2 ? 4 : 5)), power }
}

/**
 * The least round step with at most so many ticks; a smaller one if fewer than two fell on the axis.
 * @param {number} min
 * @param {number} max
 * @param {number} most
 * @returns {{factor: number, size: number}}
 */
function stepFor(min, max, most) {
  const raw = (max - min) / most
  const size = 10 ** Math.floor(Math.log10(raw))
  const factor = [1, 2, 5].find((nice) => nice * size >= raw * 0.999)
  const found = factor ? { factor, size } : { factor: 1, size: 10 * size }
  return multiples(min, max, found.factor * found.size).length >= 2 ? found : stepFor(min, max, 2 * most)
}

/**
 * Powers of ten, where there are so many.
 * @param {Scale} scale
 * @param {number} most
 * @param {number} least
 * @returns {Ticks | null}
 */
function decades({ min, max }, most, least) {
  const first = Math.ceil(Math.log10(min) - 1e-9)
  const last = Math.floor(Math.log10(max) + 1e-9)
  if (last - first + 1 < least) return null
  const stride = Math.ceil((last - first + 1) / Math.max(most, 2))
  const plain = first >= -3 && last <= 4
  const aligned = Math.ceil(first / stride) * stride
  const major = []
  for (let exponent = aligned + stride <= last ? aligned : first; exponent <= last; exponent += stride) {
    major.push({ value: 10 ** exponent, text: plain ? String(Number(`1e${exponent}`)) : powerOfTen(exponent) })
  }
  const between = stride === 1 ? MANTISSAS : [1]
  return { major, minor: within(between, min, max), power: 0 }
}

/**
 * Round numbers of one or two decades.
 * @param {Scale} scale
 * @param {number} most
 * @returns {Ticks | null}
 */
function mantissas({ min, max }, most) {
  const lists = max / min > 12 ? [[1, 2, 5], [1, 3]] : [MANTISSAS, [1, 2, 3, 5, 7], [1, 2, 5], [1, 3]]
  const choices = lists.map((list) => within(list, min, max))
  const chosen = choices.find((values) => values.length <= most)
  if (!chosen || chosen.length < 3) return null
  const power = powerFor(Math.sqrt(min) * Math.sqrt(max))
  const text = (/** @type {number} */ value) => String(Number((value / 10 ** power).toPrecision(6)))
  return { major: chosen.map((value) => ({ value, text: text(value) })), minor: within(MANTISSAS, min, max), power }
}

/**
 * Multiples of powers of ten from `min` to `max`.
 * @param {number[]} factors
 * @param {number} min
 * @param {number} max
 */
function within(factors, min, max) {
  const values = []
  for (let exponent = Math.floor(Math.log10(min)); exponent <= Math.floor(Math.log10(max)); exponent++) {
    for (const factor of factors) {
      const value = Number(`${factor}e${exponent}`)
      if (value >= min && value <= max) values.push(value)
    }
  }
  return values
}

/**
 * @param {number} min
 * @param {number} max
 * @param {number} step
 */
function multiples(min, max, step) {
  const first = Math.ceil(min / step - 1e-9)
  const count = Math.floor(max / step + 1e-9) - first + 1
  return Array.from({ length: Math.max(count, 0) }, (_, i) => Number(((first + i) * step).toPrecision(14)))
}

/**
 * The power of ten that labels leave to the title: none for numbers of an everyday size.
 * @param {number} size
 */
function powerFor(size) {
  const exponent = Math.floor(Math.log10(size))
  return exponent >= 5 || exponent <= -3 ? exponent : 0
}

/**
 * @param {number} value
 * @param {number} decimals
 */
function written(value, decimals) {
  return (value === 0 ? 0 : value).toFixed(decimals).replace('-', '−')
}

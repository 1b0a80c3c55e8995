// The plot in words and numbers, also for those who do not see it.

import { title } from './axes.js'
import { h } from '../page/dom.js'
import { count, number } from '../page/format.js'

/**
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('./canvas.js').Drawing} Drawing
 */

const HEADINGS = ['Column', 'Values', 'Lowest', 'First quarter', 'Median', 'Third quarter', 'Highest']

/**
 * Number of values, then lowest, quartiles and highest.
 * @param {Float64Array} values
 * @param {Uint32Array} rows
 */
export function quartiles(values, rows) {
  const known = Float64Array.from(rows, (row) => /** @type {number} */ (values[row])).filter(Number.isFinite).sort()
  const at = (/** @type {number} */ part) => {
    const place = part * (known.length - 1)
    const [low, high] = [known[Math.floor(place)] ?? NaN, known[Math.ceil(place)] ?? NaN]
    return low + (high - low) * (place % 1)
  }
  return { count: known.length, values: [0, 0.25, 0.5, 0.75, 1].map(at) }
}

/**
 * How many rows are drawn, and why others are not.
 * @param {Drawing} drawing
 * @param {string} noun
 */
export function status({ x, rows, matching, missing, unfit }, noun) {
  const parts = [`${count(rows.length)} ${noun} are drawn.`]
  if (missing > 0) parts.push(`${count(missing)} ${noun} have no value and are not drawn.`)
  if (unfit > 0) parts.push(`${count(unfit)} ${noun} have a value of zero or less, for which a logarithmic scale has no place.`)
  if (x.values.length > matching.length) parts.push('Those that the filters leave out are grey.')
  return parts.join(' ')
}

/**
 * What the drawing is.
 * @param {Drawing} drawing
 * @param {string} noun
 */
export function described({ x, y, colour, rows }, noun) {
  const coloured = colour ? `, coloured by ${colour.label}` : ''
  return `Scatter plot of ${count(rows.length)} ${noun}: ${y.info.label} against ${x.info.label}${coloured}`
}

/** A fold with tables that are made when somebody looks. */
export class PlotNumbers {
  /** @type {Drawing | null} */
  #drawing = null
  #tables = h('div', { class: 'plot-tables', tabindex: 0, role: 'region', 'aria-label': 'The plot in numbers' })
  element = h('details', { class: 'plot-numbers quiet-fold' }, h('summary', {}, 'The plot in numbers'), this.#tables)

  constructor() {
    this.element.addEventListener('toggle', () => this.#fill())
  }

  /** @param {Drawing | null} drawing */
  show(drawing) {
    this.#drawing = drawing
    this.#fill()
  }

  #fill() {
    if (!this.element.open || !this.#drawing) return
    const { colour, colouring, counts } = this.#drawing
    const words = colour && colouring.keys.length > 0 ? [tallied(colour, colouring.keys, counts)] : []
    this.#tables.replaceChildren(columns(this.#drawing), ...words)
  }
}

/**
 * A table of the columns of numbers.
 * @param {Drawing} drawing
 */
function columns({ x, y, colour, colours, rows }) {
  const third = colour && colours && ![x.info.name, y.info.name].includes(colour.name) ? [{ info: colour, values: colours }] : []
  const lines = [x, y, ...third].map(({ info, values }) => {
    const found = quartiles(values, rows)
    const cells = [count(found.count), ...found.values.map((value) => number(value))].map((text) => h('td', {}, text))
    return h('tr', {}, h('th', { scope: 'row' }, title(info)), ...cells)
  })
  const head = h('tr', {}, ...HEADINGS.map((text) => h('th', { scope: 'col' }, text)))
  return h('table', { class: 'plot-table' }, h('thead', {}, head), h('tbody', {}, ...lines))
}

/**
 * A table of how many rows have each colour.
 * @param {ColumnInfo} info
 * @param {import('./colouring.js').Key[]} keys
 * @param {Uint32Array} counts
 */
function tallied(info, keys, counts) {
  const lines = keys.map(({ text, colour }) => h('tr', {}, h('th', { scope: 'row' }, text), h('td', {}, count(counts[colour] ?? 0))))
  const head = h('tr', {}, h('th', { scope: 'col' }, info.label), h('th', { scope: 'col' }, 'Drawn'))
  return h('table', { class: 'plot-table' }, h('thead', {}, head), h('tbody', {}, ...lines))
}

// The filters beside the table: a histogram with two fields, or values to tick.

import { count as countBins } from './bins.js'
import { debounced, h } from './dom.js'
import { tally } from './filters.js'
import { count, number, short } from './format.js'
import { Histogram } from './histogram.js'
import { titled } from './settings.js'

/** How long to wait for the next key before the table follows, in ms. */
const PAUSE = 300

/**
 * @typedef {import('./settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('./filters.js').Filter} Filter
 * @typedef {import('./column.js').Column} Column
 * @typedef {(name: string, filter: Filter | null) => void} OnFilter
 *
 * @typedef {object} Facet
 * @property {string} name
 * @property {HTMLDetailsElement} element
 * @property {(filter: Filter | undefined) => void} set what is chosen
 * @property {(column: Column, rows: Uint32Array) => void} count the matching rows
 * @property {() => void} reset the counts to those of the whole catalogue
 */

/**
 * The filter of a column, or null where it offers none.
 * @param {ColumnInfo} info
 * @param {OnFilter} onfilter
 * @returns {Facet | null}
 */
export function facetOf(info, onfilter) {
  if (info.bins) return rangeFacet(info, info.bins, onfilter)
  if (info.choices) return choiceFacet(info, info.choices, onfilter)
  return null
}

/**
 * @param {ColumnInfo} info
 * @param {HTMLElement} content
 */
function fold(info, content) {
  return h(
    'details',
    { class: 'browse-facet', 'data-column': info.name },
    h('summary', { title: info.description }, h('span', {}, info.label), h('span', { class: 'browse-unit' }, info.unit)),
    content,
  )
}

/**
 * @param {ColumnInfo} info
 * @param {import('./bins.js').Bins} bins
 * @param {OnFilter} onfilter
 * @returns {Facet}
 */
function rangeFacet(info, bins, onfilter) {
  const { name } = info
  const emit = (/** @type {number} */ min, /** @type {number} */ max) =>
    onfilter(name, min === -Infinity && max === Infinity ? null : { kind: 'range', min, max })
  const changed = () => {
    const [low, high] = [read(min, -Infinity), read(max, Infinity)]
    if (low !== null && high !== null) emit(low, high)
  }
  const typed = debounced(changed, PAUSE)
  const field = (/** @type {string} */ word, /** @type {number} */ end) =>
    h('input', {
      type: 'text', inputmode: 'decimal', autocomplete: 'off', spellcheck: 'false',
      'aria-label': `${word} ${titled(info)}`, placeholder: number(end, 3), oninput: typed, onchange: changed,
    })
  const min = field('Minimum', bins.min)
  const max = field('Maximum', bins.max)
  const drawing = `Distribution of ${info.label} from ${number(bins.min)} to ${number(bins.max)}`
  const histogram = new Histogram(bins, drawing, emit)
  const fields = h('div', { class: 'browse-range' }, min, h('span', { 'aria-hidden': 'true' }, 'to'), max)
  return {
    name,
    element: fold(info, h('div', {}, histogram.element, fields)),
    set(filter) {
      const range = filter?.kind === 'range' ? filter : { min: -Infinity, max: Infinity }
      write(min, range.min)
      write(max, range.max)
      histogram.mark(range.min, range.max)
    },
    count(column, rows) {
      if (column.kind === 'number') histogram.draw(countBins(bins, column.values, rows))
    },
    reset: () => histogram.draw(bins.counts),
  }
}

/**
 * The number in a field; `open` for an empty one, null for what is no number.
 * @param {HTMLInputElement} field
 * @param {number} open
 */
function read(field, open) {
  const text = field.value.trim().replace('−', '-')
  const value = text === '' ? open : Number(text)
  field.setAttribute('aria-invalid', String(Number.isNaN(value)))
  return Number.isNaN(value) ? null : value
}

/**
 * @param {HTMLInputElement} field
 * @param {number} value
 */
function write(field, value) {
  // The field in use keeps what is being typed: 1e would turn into nothing, 1.0 into 1.
  if (field === document.activeElement && Number(field.value) === value) return
  field.value = Number.isFinite(value) ? short(value) : ''
  field.setAttribute('aria-invalid', 'false')
}

/**
 * @param {ColumnInfo} info
 * @param {import('./settings.js').Choices} choices
 * @param {OnFilter} onfilter
 * @returns {Facet}
 */
function choiceFacet(info, choices, onfilter) {
  const { name } = info
  const chosen = () => boxes.filter(({ input }) => input.checked).map(({ value }) => value)
  const changed = () => {
    const values = chosen()
    onfilter(name, values.length > 0 ? { kind: 'choice', values } : null)
  }
  const boxes = choices.map(([value, total]) => {
    const input = h('input', { type: 'checkbox', onchange: changed })
    const output = h('span', { class: 'browse-count' }, count(total))
    const element = h('label', {}, input, h('span', { class: 'browse-value' }, value), output)
    return { value, total, input, output, element }
  })
  const show = (/** @type {Map<string, number>} */ counts) => {
    for (const { value, output, element } of boxes) {
      output.textContent = count(counts.get(value) ?? 0)
      element.classList.toggle('is-none', !counts.get(value))
    }
  }
  const list = h('div', { role: 'group', 'aria-label': info.label, class: 'browse-choices' })
  list.append(...boxes.map(({ element }) => element))
  return {
    name,
    element: fold(info, list),
    set(filter) {
      const values = new Set(filter?.kind === 'choice' ? filter.values : [])
      for (const { value, input } of boxes) input.checked = values.has(value)
    },
    count: (column, rows) => show(tally(column, rows)),
    reset: () => show(new Map(choices)),
  }
}

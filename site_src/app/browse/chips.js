// The filters in force, each with a button that takes it away.

import { amount } from './cells.js'
import { h } from '../page/dom.js'
import { count } from '../page/format.js'
import { unitOf } from '../data/settings.js'

/**
 * @typedef {import('../data/filters.js').Filter} Filter
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 */

/**
 * A filter in words.
 * @param {string} name
 * @param {Filter} filter
 * @param {Map<string, ColumnInfo>} columns
 */
export function inWords(name, filter, columns) {
  if (filter.kind === 'text') return `“${filter.text}”`
  if (filter.kind === 'ids') {
    return filter.ids.length > 0 ? `${count(filter.ids.length)} pasted names` : 'Pasted names, which stayed in another tab'
  }
  const label = (/** @type {string} */ column) => columns.get(column)?.label ?? column
  if (filter.kind === 'lasso') return `Drawn on ${label(filter.x)} and ${label(filter.y)}`
  if (filter.kind === 'choice') return `${label(name)}: ${[...filter.values].sort().join(' or ')}`
  const info = columns.get(name)
  return info ? rangeInWords(info, filter.min, filter.max) : name
}

/**
 * @param {ColumnInfo} info
 * @param {number} min
 * @param {number} max
 */
function rangeInWords(info, min, max) {
  const value = (/** @type {number} */ end) => amount(info, end)
  const unit = unitOf(info) === '°' ? '°' : unitOf(info) && ` ${unitOf(info)}`
  if (min === max) return `${info.label} = ${value(min)}${unit}`
  if (max === Infinity) return `${info.label} ≥ ${value(min)}${unit}`
  if (min === -Infinity) return `${info.label} ≤ ${value(max)}${unit}`
  return `${info.label}: ${value(min)} to ${value(max)}${unit}`
}

/**
 * @param {HTMLElement} element
 * @param {Map<string, Filter>} filters
 * @param {Map<string, ColumnInfo>} columns
 * @param {(name: string | null) => void} remove one filter, or all
 */
export function drawChips(element, filters, columns, remove) {
  const chips = [...filters].map(([name, filter]) => {
    const words = inWords(name, filter, columns)
    const button = h(
      'button',
      { type: 'button', 'aria-label': `Remove filter ${words}`, onclick: () => remove(name) },
      words,
      h('span', { 'aria-hidden': 'true' }, '×'),
    )
    return h('li', {}, button)
  })
  if (chips.length > 1) {
    chips.push(h('li', {}, h('button', { type: 'button', class: 'is-all', onclick: () => remove(null) }, 'Clear all')))
  }
  element.replaceChildren(...chips)
  element.hidden = chips.length === 0
}

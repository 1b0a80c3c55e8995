// The filters in force, each with a button that takes it away.

import { h } from './dom.js'
import { number } from './format.js'

/**
 * @typedef {import('./filters.js').Filter} Filter
 * @typedef {import('./settings.js').ColumnInfo} ColumnInfo
 */

/**
 * A filter in words.
 * @param {ColumnInfo} info
 * @param {Filter} filter
 */
export function inWords(info, filter) {
  if (filter.kind === 'text') return `“${filter.text}”`
  if (filter.kind === 'choice') return `${info.label}: ${[...filter.values].sort().join(' or ')}`
  const unit = info.unit ? ` ${info.unit}` : ''
  const { min, max } = filter
  if (min === max) return `${info.label} = ${number(min)}${unit}`
  if (max === Infinity) return `${info.label} ≥ ${number(min)}${unit}`
  if (min === -Infinity) return `${info.label} ≤ ${number(max)}${unit}`
  return `${info.label}: ${number(min)} to ${number(max)}${unit}`
}

/**
 * @param {HTMLElement} element
 * @param {Map<string, Filter>} filters
 * @param {Map<string, ColumnInfo>} columns
 * @param {(name: string | null) => void} remove one filter, or all
 */
export function drawChips(element, filters, columns, remove) {
  const chips = [...filters].flatMap(([name, filter]) => {
    const info = columns.get(name)
    if (!info) return []
    const words = inWords(info, filter)
    const button = h(
      'button',
      { type: 'button', 'aria-label': `Remove filter ${words}`, onclick: () => remove(name) },
      words,
      h('span', { 'aria-hidden': 'true' }, '×'),
    )
    return [h('li', {}, button)]
  })
  if (chips.length > 1) {
    chips.push(h('li', {}, h('button', { type: 'button', class: 'is-all', onclick: () => remove(null) }, 'Clear all')))
  }
  element.replaceChildren(...chips)
  element.hidden = chips.length === 0
}

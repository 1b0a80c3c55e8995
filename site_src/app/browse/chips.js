// The filters in force, each with a button that takes it away.

import { amount } from './cells.js'
import { byId, h } from '../page/dom.js'
import { unitOf } from '../data/settings.js'
import { itemsOf } from '../search/search.js'
import { filtered, otherThan } from './state.js'
import { counted } from './words.js'

/**
 * @typedef {import('../data/filters.js').Filter} Filter
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('./state.js').State} State
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
    return filter.ids.length > 0 ? counted(filter.ids.length, 'pasted names') : 'Pasted names, which stayed in another tab'
  }
  const label = (/** @type {string} */ column) => columns.get(column)?.label ?? column
  if (filter.kind === 'lasso') return `Drawn on ${label(filter.x)} and ${label(filter.y)}`
  if (filter.kind === 'search') return searchWords(filter)
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

/** @param {import('../search/search.js').SearchFilter} filter */
function searchWords({ of, text }) {
  const many = of === 'identifier' ? itemsOf(text).length : 1
  return many > 1 ? counted(many, 'pasted identifiers') : `${of[0]?.toUpperCase()}${of.slice(1)}: ${text}`
}

/**
 * The filters that wait for the other table, in words.
 * @param {State} state
 */
function waitingInWords({ table, waiting }) {
  const other = otherThan(table)
  const are = waiting.size === 1 ? 'waits' : 'wait'
  return `${counted(waiting.size, 'filters')} on ${other} ${are} for the ${other[0]?.toUpperCase()}${other.slice(1)} tab`
}

/**
 * @param {HTMLElement} element
 * @param {State} state
 * @param {Map<string, ColumnInfo>} columns
 * @param {Map<string, ColumnInfo>} others columns of the other table
 * @param {(state: State) => void} change
 */
export function drawChips(element, state, columns, others, change) {
  const { filters, waiting } = state
  const chips = [...filters].map(([name, filter]) => {
    const words = inWords(name, filter, columns)
    return chip({ 'aria-label': `Remove filter ${words}`, onclick: () => change(filtered(state, name, null)) }, words)
  })
  if (waiting.size > 0) {
    const words = waitingInWords(state)
    const title = [...waiting].map(([name, filter]) => inWords(name, filter, others)).join('; ')
    const drop = () => change({ ...state, waiting: new Map() })
    chips.push(chip({ class: 'is-waiting', title, 'aria-label': `${words}. Drop`, onclick: drop }, words))
  }
  if (chips.length > 1) {
    const clear = () => change({ ...state, filters: new Map(), waiting: new Map(), where: '' })
    chips.push(h('li', {}, h('button', { type: 'button', class: 'is-all', onclick: clear }, 'Clear all')))
  }
  const focused = [...element.children].findIndex((item) => item.contains(document.activeElement))
  element.replaceChildren(...chips)
  element.hidden = chips.length === 0
  if (focused < 0) return
  const next = chips[Math.min(focused, chips.length - 1)]?.querySelector('button')
  ;(next ?? byId('browse-status')).focus()
}

/** @param {Record<string, string | (() => void)>} attributes @param {string} words */
function chip(attributes, words) {
  return h('li', {}, h('button', { type: 'button', ...attributes }, words, h('span', { 'aria-hidden': 'true' }, '×')))
}

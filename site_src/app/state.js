// What the user chose, and its form in the address: ?name=spiral&mass_loss_rate=1e-7..1e-6&sort=-bytes

import { short } from './format.js'

/**
 * @typedef {import('./filters.js').Filter} Filter
 * @typedef {import('./column.js').Kind} Kind
 * @typedef {{column: string, descending: boolean}} Sort
 * @typedef {{filters: Map<string, Filter>, sort: Sort | null, columns: string[]}} State
 */

/** Column that the free-text field searches. */
export const NAME = 'model_id'
// q is not ours: the theme opens its search over the page when it stands in the address.
const RESERVED = new Set(['name', 'q', 'sort', 'columns'])

/**
 * Name of a column's filter in the address; a column may be called like one of our own words.
 * @param {string} column
 */
function keyOf(column) {
  return RESERVED.has(column) || column.startsWith('f.') ? `f.${column}` : column
}

/**
 * The query string of a state; '' for the state in which the page opens.
 * @param {State} state
 * @param {string[]} columns shown at first
 * @param {Sort | null} first order at first
 */
export function toQuery({ filters, sort, columns: shown }, columns, first = null) {
  const query = new URLSearchParams()
  for (const [name, filter] of [...filters].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (filter.kind === 'text') query.set('name', filter.text)
    else if (filter.kind === 'range') query.set(keyOf(name), `${bound(filter.min)}..${bound(filter.max)}`)
    else for (const value of [...filter.values].sort()) query.append(keyOf(name), value)
  }
  if (sort && written(sort) !== (first && written(first))) query.set('sort', written(sort))
  if (shown.join() !== columns.join()) query.set('columns', shown.join(' '))
  return query.toString()
}

/** @param {Sort} sort */
function written({ column, descending }) {
  return (descending ? '-' : '') + column
}

/** @param {number} value */
function bound(value) {
  return Number.isFinite(value) ? short(value) : ''
}

/**
 * The state that a query string describes; what it cannot mean is passed over.
 * @param {string} query
 * @param {Map<string, Kind>} kinds of the columns
 * @param {string[]} columns shown at first
 * @param {Sort | null} first order at first
 * @returns {State}
 */
export function fromQuery(query, kinds, columns, first = null) {
  const given = new URLSearchParams(query)
  /** @type {Map<string, Filter>} */
  const filters = new Map()
  const text = given.get('name')?.trim()
  if (text) filters.set(NAME, { kind: 'text', text })
  for (const [name, kind] of kinds) {
    const values = given.getAll(keyOf(name))
    if (values.length === 0 || name === NAME) continue
    const filter = kind === 'number' ? range(values[0] ?? '') : choice(values)
    if (filter) filters.set(name, filter)
  }
  const shown = given.get('columns')?.split(' ').filter((name) => kinds.has(name) && name !== NAME)
  return { filters, sort: sorting(given.get('sort') ?? '', kinds) ?? first, columns: shown ?? [...columns] }
}

/** @param {string[]} values @returns {Filter} */
function choice(values) {
  return { kind: 'choice', values: [...new Set(values)] }
}

/** @param {string} text @returns {Filter | null} */
function range(text) {
  const [low = '', high = low] = text.split('..')
  const min = low === '' ? -Infinity : Number(low)
  const max = high === '' ? Infinity : Number(high)
  if (Number.isNaN(min) || Number.isNaN(max) || (low === '' && high === '')) return null
  return { kind: 'range', min, max }
}

/** @param {string} text @param {Map<string, Kind>} kinds @returns {Sort | null} */
function sorting(text, kinds) {
  const descending = text.startsWith('-')
  const column = descending ? text.slice(1) : text
  return kinds.has(column) ? { column, descending } : null
}

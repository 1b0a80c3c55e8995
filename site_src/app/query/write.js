// The filters of a table, written as one query.

import { compareTexts } from './near.js'
import { searchInWords } from '../search/search.js'
import { KEYWORDS } from './tokens.js'

/**
 * @typedef {import('./binding.js').ColumnType} ColumnType
 * @typedef {{kind: 'text', text: string}} TextFilter  every word occurs
 * @typedef {{kind: 'choice', values: string[]}} ChoiceFilter
 * @typedef {{kind: 'range', min: number, max: number}} RangeFilter
 * @typedef {{kind: 'ids', ids: string[]}} IdsFilter
 * @typedef {{kind: 'lasso'}} LassoFilter
 * @typedef {import('../search/search.js').SearchFilter} SearchFilter
 * @typedef {TextFilter | ChoiceFilter | RangeFilter | IdsFilter | LassoFilter | SearchFilter} Filter
 */

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * All filters as one query, '' for none; null where there is no query that says the same.
 * @param {Iterable<[string, Filter]>} filters by the names of their columns
 * @param {Iterable<ColumnType>} columns
 * @param {Map<string, string | null>} [positions] searches by position in words, by their texts
 * @returns {string | null}
 */
export function expressionOf(filters, columns, positions = new Map()) {
  const types = new Map(Array.from(columns, ({ name, type }) => [name, type]))
  const sorted = [...filters].sort(([a], [b]) => compareTexts(a, b))
  const parts = sorted.map(([name, filter]) => written(name, filter, types.get(name) ?? '', positions))
  if (parts.includes(null)) return null
  return parts.filter(Boolean).join(' and ')
}

/**
 * A name, between backticks where it has odd characters.
 * @param {string} name
 */
export function nameOf(name) {
  if (PLAIN.test(name) && !KEYWORDS.includes(name)) return name
  return `\`${name.replaceAll('`', '``')}\``
}

/**
 * A text between quotation marks.
 * @param {string} text
 */
export function quoted(text) {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/**
 * @param {string} name
 * @param {Filter} filter
 * @param {string} type
 * @param {Map<string, string | null>} positions
 * @returns {string | null}
 */
function written(name, filter, type, positions) {
  const column = nameOf(name)
  switch (filter.kind) {
    case 'text':
      return filter.text.split(/\s+/).filter(Boolean).map((word) => `${quoted(word)} in ${column}`).join(' and ')
    case 'ids':
      return oneOf(column, filter.ids.map(quoted))
    case 'choice':
      return oneOf(column, filter.values.map((value) => literal(value, type)))
    case 'range':
      // A range on text has no meaning, and a column that is not there no values.
      return type === '' || type === 'string' || type.startsWith('list') ? '' : range(column, filter.min, filter.max)
    case 'lasso':
      return null
    case 'search':
      return filter.of === 'position' ? (positions.get(filter.text) ?? null) : searchInWords(filter)
  }
}

/**
 * A value that was chosen among the texts of cells.
 * @param {string} value
 * @param {string} type of its column
 */
function literal(value, type) {
  if (type === 'bool') return value
  return type === 'string' || type.startsWith('list') ? quoted(value) : number(Number(value))
}

/**
 * @param {string} column
 * @param {string[]} values
 */
function oneOf(column, values) {
  if (values.length === 0) return `${column} is null and ${column} is not null`
  return values.length === 1 ? `${column} == ${values[0]}` : `${column} in (${values.join(', ')})`
}

/**
 * @param {string} column
 * @param {number} min
 * @param {number} max
 */
function range(column, min, max) {
  if (min === max) return `${column} == ${number(min)}`
  const low = min > -Infinity ? `${number(min)} <= ` : ''
  const high = max < Infinity ? ` <= ${number(max)}` : ''
  // An open range still asks for a value.
  if (!low && !high) return `${column} is not null`
  return low && !high ? `${column} >= ${number(min)}` : `${low}${column}${high}`
}

/**
 * The shortest text that gives the number again.
 * @param {number} value
 */
function number(value) {
  if (!Number.isFinite(value)) return value < 0 ? '-1e999' : '1e999'
  const plain = String(value)
  const power = value.toExponential().replace('e+', 'e')
  return (power.length < plain.length ? power : plain).replace('e+', 'e')
}

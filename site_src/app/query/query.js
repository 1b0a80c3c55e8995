// The query language in the browser. The page "Finding models" describes it; it means the same
// as in portal.catalog.query, which a test with random queries proves.

import { QueryError } from './errors.js'
import { mask } from './masks.js'
import { parse } from './parser.js'
import { bind, columnsUsed } from './predicate.js'
import { condition } from './sql.js'
import { expressionOf } from './write.js'

export { expressionOf, QueryError }

/**
 * @typedef {import('./binding.js').ColumnType} ColumnType
 * @typedef {import('./masks.js').Get} Get
 * @typedef {object} Query  a query that has been checked
 * @property {string} text
 * @property {string[]} columns names of those that it needs
 * @property {(get: Get, rows: number) => Uint8Array} failing rows that are not selected, as 1
 */

/**
 * A query over a table with these columns; an empty text selects every row.
 * @param {string} text
 * @param {Iterable<ColumnType>} columns
 * @returns {Query}
 * @throws {QueryError} if it is no expression or does not fit the columns
 */
export function compile(text, columns) {
  const predicate = bound(text, columns)
  if (!predicate) return { text, columns: [], failing: (_, rows) => new Uint8Array(rows) }
  const failing = (/** @type {Get} */ get, /** @type {number} */ rows) =>
    mask(predicate, get, rows).map((selected) => 1 - selected)
  return { text, columns: [...columnsUsed(predicate)].sort(), failing }
}

/**
 * The condition that a query sets, for the WHERE of a SELECT of DuckDB.
 * @param {string} text
 * @param {Iterable<ColumnType>} columns
 * @throws {QueryError} as `compile` does
 */
export function toSql(text, columns) {
  const predicate = bound(text, columns)
  return predicate ? condition(predicate) : 'TRUE'
}

/**
 * @param {string} text
 * @param {Iterable<ColumnType>} columns
 */
function bound(text, columns) {
  if (text.trim() === '') return null
  return bind(parse(text), new Map(Array.from(columns, (column) => [column.name, column])))
}

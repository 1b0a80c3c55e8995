// Which rows match, and how the matching ones are distributed: no DOM, no network.

import { lower } from '../query/lower.js'

/**
 * @typedef {import('./column.js').Column} Column
 * @typedef {import('./column.js').NumberColumn} NumberColumn
 * @typedef {{kind: 'text', text: string}} TextFilter  every word occurs in the value
 * @typedef {{kind: 'choice', values: string[]}} ChoiceFilter  the value, or an entry of the list, is one of these
 * @typedef {{kind: 'range', min: number, max: number}} RangeFilter  inclusive; infinite where open
 * @typedef {{kind: 'ids', ids: string[]}} IdsFilter  the value is one of these; names that were pasted
 * @typedef {{kind: 'lasso', x: string, y: string, logx: boolean, logy: boolean, points: [number, number][]}} LassoFilter
 *   the values of two columns lie inside the outline
 * @typedef {import('../search/search.js').SearchFilter} SearchFilter  over several columns
 * @typedef {TextFilter | ChoiceFilter | RangeFilter | IdsFilter | LassoFilter | SearchFilter} Filter
 */

/**
 * Rows that fail one filter, as 1.
 * @param {Filter} filter
 * @param {Column} column
 */
export function failing(filter, column) {
  const fails = new Uint8Array(column.values.length)
  const test = tester(filter, column)
  for (let row = 0; row < fails.length; row++) fails[row] = test(row) ? 0 : 1
  return fails
}

/**
 * @param {Filter} filter
 * @param {Column} column
 * @returns {(row: number) => boolean}
 */
function tester(filter, column) {
  if (filter.kind === 'range' && column.kind === 'number') {
    const { min, max } = filter
    const { values } = column
    return (row) => {
      const value = /** @type {number} */ (values[row])
      return value >= min && value <= max
    }
  }
  if (filter.kind === 'choice' || filter.kind === 'ids') {
    const wanted = new Set(filter.kind === 'ids' ? filter.ids : filter.values)
    const { values } = column
    if (column.kind === 'text') return (row) => values[row] !== '' && wanted.has(/** @type {string} */ (values[row]))
    return (row) => entries(column, row).some((value) => wanted.has(value))
  }
  if (filter.kind === 'text') {
    const words = lower(filter.text).split(/\s+/).filter(Boolean)
    return (row) => {
      const value = lower(entries(column, row).join(' '))
      return words.every((word) => value.includes(word))
    }
  }
  // A range on text has no meaning; a link from an older catalogue may still ask for it.
  return () => true
}

/**
 * Values of a cell as text; none for a missing one.
 * @param {Column} column
 * @param {number} row
 * @returns {string[]}
 */
export function entries(column, row) {
  const value = column.values[row]
  if (Array.isArray(value)) return value
  if (typeof value === 'number') return Number.isNaN(value) ? [] : [String(value)]
  return value ? [value] : []
}

/** The filters of a table and the rows that pass them all. */
export class Selection {
  /** @type {Map<string, Uint8Array>} */
  #fails = new Map()
  /** How many filters each row fails. */
  #total

  /** @param {number} rows */
  constructor(rows) {
    this.#total = new Uint16Array(rows)
  }

  /**
   * Set what the filter of `name` rejects; null removes the filter.
   * @param {string} name
   * @param {Uint8Array | null} fails
   */
  set(name, fails) {
    const before = this.#fails.get(name)
    for (let row = 0; row < this.#total.length; row++) {
      this.#total[row] = (this.#total[row] ?? 0) - (before?.[row] ?? 0) + (fails?.[row] ?? 0)
    }
    if (fails) this.#fails.set(name, fails)
    else this.#fails.delete(name)
  }

  /** Names of the columns with a filter. */
  get names() {
    return [...this.#fails.keys()]
  }

  /**
   * Rows that pass all filters, in the order of the catalogue.
   * @param {string} [apart] a column whose own filter does not count
   */
  rows(apart) {
    const own = apart === undefined ? undefined : this.#fails.get(apart)
    const found = new Uint32Array(this.#total.length)
    let length = 0
    for (let row = 0; row < found.length; row++) {
      if (this.#total[row] === (own?.[row] ?? 0)) found[length++] = row
    }
    return found.subarray(0, length)
  }
}

/**
 * How often each value occurs in `rows`.
 * @param {Column} column
 * @param {Uint32Array} rows
 */
export function tally(column, rows) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  if (column.kind === 'text') {
    const { values } = column
    for (const row of rows) {
      const value = /** @type {string} */ (values[row])
      if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    return counts
  }
  for (const row of rows) {
    for (const value of entries(column, row)) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return counts
}

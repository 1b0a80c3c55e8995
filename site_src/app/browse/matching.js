// Which rows of a table match the filters: reads what they need, and only for those that changed.

import { sortRows } from '../data/column.js'
import { failing, Selection } from '../data/filters.js'
import { columnsOf, searchFails } from '../search/search.js'
import { lassoFails } from '../plot/lasso.js'

/** Name of the expression among the filters. */
const WHERE = '(where)'

/**
 * @typedef {import('../data/filters.js').Filter} Filter
 * @typedef {import('../query/query.js').Query} Query
 * @typedef {import('./state.js').Sort} Sort
 * @typedef {import('../data/tables.js').Readable} Readable
 * @typedef {{filters: Map<string, Filter>, query: Query | null, sort: Sort | null}} Wanted
 */

export class Matching {
  /** @type {Map<string, Filter>} filters as they are in the selection */
  #applied = new Map()
  /** Text of the expression that is in the selection. */
  #where = ''
  #catalogue
  #selection

  /** @param {Readable} catalogue */
  constructor(catalogue) {
    this.#catalogue = catalogue
    this.#selection = new Selection(catalogue.rows)
  }

  /**
   * Read what filters and order need that is not there yet.
   * @param {Wanted} wanted
   */
  async read({ filters, query, sort }) {
    const needs = this.#pending(filters).map((pending) => this.#need(...pending))
    const columns = query && query.text !== this.#where ? query.columns : []
    await Promise.all([...needs, this.#catalogue.load([...columns, ...(sort ? [sort.column] : [])])])
  }

  /**
   * Rows that pass the filters, in order; what they need has been read.
   * @param {Wanted} wanted
   */
  rows({ filters, query, sort }) {
    for (const name of this.#selection.names) if (!filters.has(name) && name !== WHERE) this.#selection.set(name, null)
    this.#ask(query)
    for (const [name, filter] of this.#pending(filters)) {
      this.#selection.set(name, this.#fails(name, filter))
    }
    this.#applied = filters
    const rows = this.#selection.rows()
    return sort ? sortRows(this.#catalogue.column(sort.column), rows, sort.descending) : rows
  }

  /**
   * Whether a filter other than that of `name` is in force.
   * @param {string} name
   */
  others(name) {
    return this.#selection.names.some((other) => other !== name)
  }

  /**
   * Rows that pass all filters but that of `name`.
   * @param {string} name
   */
  apart(name) {
    return this.#selection.rows(name)
  }

  /** @param {Query | null} query */
  #ask(query) {
    const text = query?.text ?? ''
    if (text === this.#where) return
    const column = (/** @type {string} */ name) => this.#catalogue.column(name)
    this.#selection.set(WHERE, query && query.failing(column, this.#catalogue.rows))
    this.#where = text
  }

  /**
   * @param {string} name
   * @param {Filter} filter
   */
  #fails(name, filter) {
    const column = (/** @type {string} */ of) => this.#catalogue.column(of)
    if (filter.kind === 'search') return searchFails(filter, column, this.#catalogue.rows)
    return filter.kind === 'lasso' ? lassoFails(filter, column(filter.x), column(filter.y)) : failing(filter, column(name))
  }

  /** @param {Map<string, Filter>} filters */
  #pending(filters) {
    return [...filters].filter(([name, filter]) => this.#applied.get(name) !== filter)
  }

  /**
   * @param {string} name
   * @param {Filter} filter
   */
  async #need(name, filter) {
    if (filter.kind === 'range') await this.#catalogue.loadWithin(name, filter.min, filter.max)
    else if (filter.kind === 'search') await this.#catalogue.load(columnsOf(filter.of))
    else await this.#catalogue.load(filter.kind === 'lasso' ? [filter.x, filter.y] : [name])
  }
}

// The table of observations, with columns of the models lent to it: every observation has
// the values of its model, and no value is fetched twice.

import { emptyColumn } from './column.js'
import { FetchError } from './remote.js'

/**
 * @typedef {import('./catalogue.js').Catalogue} Catalogue
 * @typedef {import('./column.js').Column} Column
 * @typedef {{column: Column, copied: Set<number>}} Loan
 */

const COUNT = 'n_observations'

export class Observations {
  /** @type {Map<string, Loan>} */
  #loans = new Map()
  #own
  #models
  #lent
  /** Model row of each observation; -1 for a product of no model. */
  #modelOf
  /** First observation of each model, and the end. */
  #starts

  /**
   * @param {Catalogue} own
   * @param {Catalogue} models
   * @param {Set<string>} lent names of the columns of models
   */
  constructor(own, models, lent) {
    this.#own = own
    this.#models = models
    this.#lent = lent
    this.rows = own.rows
    this.names = new Set([...own.names, ...lent])
    const counts = models.column(COUNT).values
    this.#starts = new Uint32Array(models.rows + 1)
    for (let model = 0; model < models.rows; model++) {
      this.#starts[model + 1] = (this.#starts[model] ?? 0) + (Number(counts[model]) || 0)
    }
    this.#modelOf = new Int32Array(own.rows).fill(-1)
    for (let model = 0; model < models.rows; model++) {
      this.#modelOf.fill(model, this.#starts[model], this.#starts[model + 1])
    }
  }

  /**
   * Observations follow the order of the models, so that their numbers tell which are whose;
   * products of no model come after them.
   * @param {Catalogue} own
   * @param {Catalogue} models
   * @param {Set<string>} lent
   * @param {number} products how many rows are of no model
   */
  static async open(own, models, lent, products) {
    await models.load([COUNT])
    const made = new Observations(own, models, lent)
    const counted = (made.#starts.at(-1) ?? 0) + products
    if (counted === own.rows) return made
    throw new FetchError(
      `${counted} observations were counted, but their table has ${own.rows}: the two files are not of one scan; reload the page`,
    )
  }

  get ranges() {
    return this.#own.ranges
  }

  /**
   * Row of the model that was observed; -1 for a product of no model.
   * @param {number} row
   */
  modelOf(row) {
    return /** @type {number} */ (this.#modelOf[row])
  }

  /**
   * What is known of a column so far.
   * @param {string} name
   */
  column(name) {
    return this.#lent.has(name) ? this.#loan(name).column : this.#own.column(name)
  }

  /**
   * Whether the value of a cell has been read.
   * @param {string} name
   * @param {number} row
   */
  has(name, row) {
    if (!this.#lent.has(name)) return this.#own.has(name, row)
    const model = this.modelOf(row)
    return model < 0 || this.#loan(name).copied.has(this.#models.groupOf(model))
  }

  /**
   * Read columns as a whole.
   * @param {Iterable<string>} names
   */
  async load(names) {
    const { own, lent } = this.#split(names)
    await Promise.all([this.#own.load(own), this.#models.load(lent)])
    for (const name of lent) this.#copy(name, this.#models.ends.keys())
  }

  /**
   * Read the parts of a column that may hold values from `min` to `max`.
   * @param {string} name
   * @param {number} min
   * @param {number} max
   */
  async loadWithin(name, min, max) {
    if (!this.#lent.has(name)) return this.#own.loadWithin(name, min, max)
    await this.#models.loadWithin(name, min, max)
    this.#copy(name, this.#models.ends.keys())
  }

  /**
   * Read the parts of columns that hold some rows.
   * @param {Iterable<string>} names
   * @param {Iterable<number>} rows
   */
  async loadRows(names, rows) {
    const { own, lent } = this.#split(names)
    const wanted = Uint32Array.from(rows)
    const models = new Set(Array.from(wanted, (row) => this.modelOf(row)).filter((model) => model >= 0))
    await Promise.all([this.#own.loadRows(own, wanted), this.#models.loadRows(lent, models)])
    const groups = new Set([...models].map((row) => this.#models.groupOf(row)))
    for (const name of lent) this.#copy(name, groups)
  }

  /** @param {Iterable<string>} names */
  #split(names) {
    const all = [...names]
    return { own: all.filter((name) => !this.#lent.has(name)), lent: all.filter((name) => this.#lent.has(name)) }
  }

  /** @param {string} name */
  #loan(name) {
    let loan = this.#loans.get(name)
    if (!loan) {
      loan = { column: emptyColumn(this.#models.column(name).kind, this.rows), copied: new Set() }
      this.#loans.set(name, loan)
    }
    return loan
  }

  /**
   * Give the observations the values of their models, for those parts that have been read.
   * @param {string} name
   * @param {Iterable<number>} groups of the models' table
   */
  #copy(name, groups) {
    const { column, copied } = this.#loan(name)
    const { values } = this.#models.column(name)
    const { ends } = this.#models
    for (const group of groups) {
      const first = ends[group - 1] ?? 0
      if (copied.has(group) || !this.#models.has(name, first)) continue
      copied.add(group)
      for (let model = first; model < (ends[group] ?? 0); model++) {
        const value = /** @type {never} */ (values[model])
        column.values.fill(value, this.#starts[model], this.#starts[model + 1])
      }
    }
  }
}

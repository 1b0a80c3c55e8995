// The tables beside that of the models, opened when first needed.

import { Catalogue } from '../data/catalogue.js'
import { FILE_KINDS } from './filelist.js'
import { ARRAYS } from './places.js'

const OBSERVATION_KINDS = new Map(ARRAYS.map((name) => [`${name}_nbytes`, /** @type {const} */ ('number')]))
const COUNT = 'n_observations'

export class Shelf {
  /** @type {Map<string, Promise<any>>} */
  #opened = new Map()
  #address
  #models

  /**
   * @param {string} address of the table of models
   * @param {Catalogue} models
   */
  constructor(address, models) {
    this.#address = address
    this.#models = models
  }

  /** @returns {Promise<Catalogue>} */
  files() {
    return this.#once('files', () => Catalogue.open(this.#of('files'), FILE_KINDS))
  }

  /** @returns {Promise<Catalogue>} */
  observations() {
    return this.#once('observations', () => Catalogue.open(this.#of('observations'), OBSERVATION_KINDS))
  }

  /** Row of the model of each observation: observations follow the order of the models. */
  owners() {
    return this.#once('owners', async () => {
      const starts = await this.#starts()
      const owners = new Uint32Array(starts.at(-1) ?? 0)
      for (let row = 0; row + 1 < starts.length; row++) owners.fill(row, starts[row], starts[row + 1])
      return owners
    })
  }

  /**
   * Rows of the observations of some models.
   * @param {Uint32Array} modelRows
   */
  async observationsOf(modelRows) {
    const starts = await this.#starts()
    /** @type {number[]} */
    const rows = []
    for (const row of modelRows) {
      for (let one = starts[row] ?? 0; one < (starts[row + 1] ?? 0); one++) rows.push(one)
    }
    return Uint32Array.from(rows)
  }

  /** First observation of each model, and the end. @returns {Promise<Uint32Array>} */
  #starts() {
    return this.#once('starts', async () => {
      await this.#models.load([COUNT])
      const { values } = this.#models.column(COUNT)
      const starts = new Uint32Array(this.#models.rows + 1)
      for (let row = 0; row < this.#models.rows; row++) starts[row + 1] = (starts[row] ?? 0) + (Number(values[row]) || 0)
      return starts
    })
  }

  /** @param {string} table */
  #of(table) {
    const url = new URL(this.#address)
    url.pathname = url.pathname.replace(/[^/]*$/, `${table}.parquet`)
    return url.href
  }

  /**
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} make
   * @returns {Promise<T>}
   */
  #once(name, make) {
    let made = this.#opened.get(name)
    if (!made) {
      made = make()
      this.#opened.set(name, made)
      // What failed is tried again.
      made.catch(() => this.#opened.delete(name))
    }
    return made
  }
}

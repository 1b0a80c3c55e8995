// The two tables of the catalogue, each opened when somebody asks for it.

import { Catalogue } from './catalogue.js'
import { Matching } from '../browse/matching.js'
import { Observations } from './observations.js'
import { infosOf, openingsOf } from './settings.js'

/**
 * @typedef {import('./settings.js').Settings} Settings
 * @typedef {import('./settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('../browse/state.js').TableName} TableName
 * @typedef {Pick<Catalogue, 'rows' | 'names' | 'ranges' | 'column' | 'has' | 'load' | 'loadWithin' | 'loadRows'>} Readable
 *
 * @typedef {object} OpenTable
 * @property {TableName} name
 * @property {Readable} catalogue
 * @property {Map<string, ColumnInfo>} infos
 * @property {import('./settings.js').TableSettings} settings
 * @property {Matching} matching
 * @property {(row: number) => number} modelOf row of the model of a row; -1 where it has none
 */

export class Tables {
  /** @type {Map<TableName, Promise<OpenTable>>} */
  #open = new Map()
  #settings
  #models
  #kinds

  /**
   * @param {Settings} settings
   * @param {Catalogue} models
   */
  constructor(settings, models) {
    this.#settings = settings
    this.#models = models
    this.#kinds = openingsOf(settings)
  }

  /** @param {Settings} settings */
  static async open(settings) {
    const { models } = openingsOf(settings)
    return new Tables(settings, await Catalogue.open(addressOf(settings, 'models'), models.kinds))
  }

  get models() {
    return this.#models
  }

  /**
   * @param {TableName} name
   * @returns {Promise<OpenTable>}
   */
  get(name) {
    let table = this.#open.get(name)
    if (!table) {
      table = this.#make(name)
      this.#open.set(name, table)
      // Tried again when it is next asked for.
      table.catch(() => this.#open.delete(name))
    }
    return table
  }

  /** @param {TableName} name @returns {Promise<OpenTable>} */
  async #make(name) {
    const settings = this.#settings.tables[name]
    const infos = infosOf(settings)
    if (name === 'models') {
      const catalogue = this.#models
      return { name, settings, infos, catalogue, matching: new Matching(catalogue), modelOf: (row) => row }
    }
    const own = await Catalogue.open(addressOf(this.#settings, name), this.#kinds[name].kinds)
    const lent = new Set(settings.columns.filter((info) => info.lent).map((info) => info.name))
    const catalogue = await Observations.open(own, this.#models, lent, settings.products ?? 0)
    return { name, settings, infos, catalogue, matching: new Matching(catalogue), modelOf: (row) => catalogue.modelOf(row) }
  }
}

/**
 * @param {Settings} settings
 * @param {TableName} name
 */
function addressOf(settings, name) {
  return new URL(settings.tables[name].file, document.baseURI).href
}

/**
 * Rows of the models that rows of a table belong to, each once, ascending.
 * @param {OpenTable} table
 * @param {Uint32Array} rows
 */
export function modelRows(table, rows) {
  const owners = Array.from(rows, (row) => table.modelOf(row))
  return Uint32Array.from(new Set(owners.filter((model) => model >= 0))).sort()
}

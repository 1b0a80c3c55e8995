// What shows the matching rows: the table, the plot, the comparison. The last two are fetched
// when they are first asked for.

import { exact, heading, shown } from './cells.js'
import { byId } from '../page/dom.js'
import { modelPage } from '../page/links.js'
import { failed } from '../page/notices.js'
import { infosOf } from '../data/settings.js'
import { LASSO, NAME } from './state.js'
import { Table } from './table.js'

/**
 * @typedef {import('./state.js').State} State
 * @typedef {import('../data/tables.js').OpenTable} OpenTable
 * @typedef {import('../data/catalogue.js').Catalogue} Catalogue
 *
 * @typedef {object} Outcomes
 * @property {(name: string) => void} sort
 * @property {(name: string, on: boolean) => void} pick a model for the comparison
 * @property {(axes: import('./state.js').Axes) => void} axes
 * @property {(filter: import('../data/filters.js').LassoFilter | null) => void} lasso
 */

export class Stage {
  #outcomes
  #settings
  #models
  #grid
  /** @type {Promise<import('../plot/plot.js').Plot> | null} */
  #plot = null
  /** @type {Promise<import('../compare/compare.js').Compare> | null} */
  #compare = null
  /** @type {OpenTable} */
  #table
  /** @type {State} */
  #state
  /** @type {Uint32Array} */
  #rows = new Uint32Array()
  /** Rows and columns that the table view has drawn. @type {unknown[]} */
  #drawn = []

  /**
   * @param {OpenTable} models
   * @param {State} state
   * @param {import('../data/settings.js').Settings} settings
   * @param {Outcomes} outcomes
   */
  constructor(models, state, settings, outcomes) {
    this.#models = /** @type {Catalogue} */ (models.catalogue)
    this.#table = models
    this.#state = state
    this.#settings = settings
    this.#outcomes = outcomes
    this.#grid = new Table(byId('browse-view'), {
      text: (name, row) => shown(this.#table.catalogue, this.#table.infos.get(name), row),
      href: (row) => (this.#table.catalogue.has(NAME, row) ? modelPage(this.#nameOf(row)) : null),
      fetch: (rows) => this.#table.catalogue.loadRows([NAME, ...this.#state.columns], rows).catch(failed),
      sort: outcomes.sort,
      picked: (row) => this.#state.picked.includes(this.#nameOf(row)),
      pick: (row, on) => outcomes.pick(this.#nameOf(row), on),
    })
  }

  /**
   * Show the rows as the state asks for; done when they are on the screen.
   * @param {State} state
   * @param {OpenTable} table
   * @param {Uint32Array} rows
   */
  async show(state, table, rows) {
    this.#state = state
    this.#table = table
    this.#rows = rows
    byId('content').dataset.view = state.view
    for (const view of ['table', 'plot', 'compare']) {
      byId(view === 'table' ? 'browse-view' : `browse-${view}`).hidden = view !== state.view
    }
    byId('browse-none').hidden = rows.length > 0 || state.view === 'compare'
    if (state.view === 'table') await this.#showTable()
    else if (state.view === 'plot') await this.#showPlot()
    else await this.#showComparison()
  }

  /** @param {number} row */
  #nameOf(row) {
    return exact(this.#table.catalogue, NAME, row)
  }

  async #showTable() {
    const { columns, sort } = this.#state
    const drawn = [this.#table, this.#rows, columns.join(), sort]
    if (drawn.every((part, place) => part === this.#drawn[place])) return this.#grid.repick()
    this.#drawn = drawn
    const { infos, name } = this.#table
    const label = name === 'models' ? 'Models' : 'Observations'
    this.#grid.setColumns(label, [NAME, ...columns].flatMap((column) => heading(infos.get(column))), sort)
    await this.#grid.setRows(this.#rows)
  }

  async #showPlot() {
    this.#plot ??= import('../plot/plot.js').then(({ Plot }) => {
      const { axes, lasso } = this.#outcomes
      const plot = new Plot({ onlasso: lasso, onaxes: axes, onopen: (row) => void this.#open(row), onpick: (row) => void this.#pick(row) })
      byId('browse-plot').replaceChildren(plot.element)
      return plot
    })
    const plot = await this.#plot
    const { catalogue, infos, name } = this.#table
    const lasso = this.#state.filters.get(LASSO)
    await plot.show({
      catalogue: /** @type {Catalogue} */ (catalogue), infos, rows: this.#rows, axes: this.#state.plot, noun: name,
      lasso: lasso?.kind === 'lasso' ? lasso : null,
    })
  }

  async #showComparison() {
    this.#compare ??= import('../compare/compare.js').then(({ Compare }) => {
      const compare = new Compare({ onremove: (id) => this.#outcomes.pick(id, false) })
      byId('browse-compare').replaceChildren(compare.element)
      return compare
    })
    const compare = await this.#compare
    await compare.show({ catalogue: this.#models, infos: infosOf(this.#settings.tables.models), ids: this.#state.picked })
  }

  /** @param {number} row */
  async #open(row) {
    await this.#table.catalogue.loadRows([NAME], [row])
    location.assign(modelPage(this.#nameOf(row)))
  }

  /** @param {number} row */
  async #pick(row) {
    await this.#table.catalogue.loadRows([NAME], [row])
    const name = this.#nameOf(row)
    this.#outcomes.pick(name, !this.#state.picked.includes(name))
  }
}

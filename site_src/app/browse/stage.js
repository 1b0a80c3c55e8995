// What shows the matching rows: the table, the plot, the comparison. The last two are fetched
// when they are first asked for.

import { exact, heading, shown } from './cells.js'
import { byId } from '../page/dom.js'
import { modelPage } from '../page/links.js'
import { failed } from '../page/notices.js'
import { infosOf } from '../data/settings.js'
import { PRODUCT, productHref, productTitle, thumbnail } from './product.js'
import { charted, LASSO, NAME, VIEWS } from './state.js'
import { nameOf } from '../search/search.js'
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
 * @property {(look: import('../sky/projection.js').Look | null) => void} look at another part of the sky
 * @property {(text: string) => void} around search around a position
 */

export class Stage {
  #outcomes
  #settings
  #models
  #grid
  /** @type {Promise<import('../plot/plot.js').Plot> | null} */
  #plot = null
  /** @type {Promise<import('../sky/sky.js').Sky> | null} */
  #sky = null
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
      text: (name, row) => (name === NAME ? this.#titleOf(row) : shown(this.#table.catalogue, this.#table.infos.get(name), row)),
      href: (row) => (this.#titleOf(row) === null ? null : this.#hrefOf(row)),
      picture: (row) => (this.#settings.pictures && this.#table.modelOf(row) < 0 ? thumbnail(this.#hrefOf(row)) : null),
      fetch: (rows) => this.#table.catalogue.loadRows([...this.#naming, ...this.#state.columns], rows).catch(failed),
      sort: outcomes.sort,
      picked: (row) => (this.#table.modelOf(row) < 0 ? null : this.#state.picked.includes(this.#nameOf(row))),
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
    const wanted = state.view === 'sky' && !charted(table.infos) ? 'table' : state.view
    byId('content').dataset.view = wanted
    for (const view of VIEWS) byId(view === 'table' ? 'browse-view' : `browse-${view}`).hidden = view !== wanted
    byId('browse-none').hidden = rows.length > 0 || wanted === 'compare'
    if (wanted === 'table') await this.#showTable()
    else if (wanted === 'sky') await this.#showSky()
    else if (wanted === 'plot') await this.#showPlot()
    else await this.#showComparison()
  }

  /** @param {number} row */
  #nameOf(row) {
    return exact(this.#table.catalogue, NAME, row)
  }

  /** What the name of a row needs. */
  get #naming() {
    return this.#table.settings.products ? [NAME, ...PRODUCT] : [NAME]
  }

  /** Name of a row for people; null while it has not been read. @param {number} row */
  #titleOf(row) {
    const { catalogue } = this.#table
    if (this.#table.modelOf(row) < 0) return productTitle(catalogue, row)
    return catalogue.has(NAME, row) ? this.#nameOf(row) : null
  }

  /** Page of its model, or its own. @param {number} row */
  #hrefOf(row) {
    if (this.#table.modelOf(row) >= 0) return modelPage(this.#nameOf(row))
    return productHref(this.#table.catalogue, row)
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
      const plot = new Plot({ onlasso: lasso, onaxes: axes, onopen: (row) => void this.#open(row), onpick: (row) => void this.#pick(row), naming: () => this.#naming, name: (row) => this.#named(row) })
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

  async #showSky() {
    this.#sky ??= import('../sky/sky.js').then(({ Sky }) => {
      const { look, around } = this.#outcomes
      const sky = new Sky({ look, around, naming: PRODUCT, title: (row) => this.#titleOf(row), href: (row) => this.#hrefOf(row) })
      byId('browse-sky').replaceChildren(sky.element)
      return sky
    })
    const { catalogue, infos } = this.#table
    const { filters, sky: look } = this.#state
    await (await this.#sky).show({ catalogue, infos, rows: this.#rows, around: filters.get(nameOf('position')), look })
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
    await this.#table.catalogue.loadRows(this.#naming, [row])
    location.assign(this.#hrefOf(row))
  }

  /** What a row of no model is called and where it leads; null for others. @param {number} row */
  #named(row) {
    const title = this.#table.modelOf(row) < 0 ? this.#titleOf(row) : null
    return title === null ? null : { title, href: this.#hrefOf(row) }
  }

  /** @param {number} row */
  async #pick(row) {
    await this.#table.catalogue.loadRows([NAME], [row])
    const name = this.#nameOf(row)
    this.#outcomes.pick(name, !this.#state.picked.includes(name))
  }
}

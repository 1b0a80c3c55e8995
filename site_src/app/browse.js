// The browse page: state -> selection -> table, filters and address.

import { Catalogue } from './catalogue.js'
import { exact, heading, shown } from './cells.js'
import { drawChips } from './chips.js'
import { kindOf, sortRows } from './column.js'
import { byId, debounced } from './dom.js'
import { facetOf } from './facets.js'
import { failing, Selection } from './filters.js'
import { count } from './format.js'
import { modelPage } from './links.js'
import { columnChooser, dismissable, downloadMenu } from './menu.js'
import { readSettings } from './settings.js'
import { fromQuery, NAME, toQuery } from './state.js'
import { Table } from './table.js'
import { offers } from './takeaway.js'

/** How long to wait for the next key before the search starts, in ms. */
const PAUSE = 200

/**
 * @typedef {import('./state.js').State} State
 * @typedef {import('./filters.js').Filter} Filter
 * @typedef {import('./settings.js').ColumnInfo} ColumnInfo
 */

class Browser {
  /** @type {Map<string, Filter>} filters as they are in the selection */
  #applied = new Map()
  #rows = new Uint32Array()
  /** Counts updates, so that one that is overtaken stops. */
  #turn = 0
  /** The update whose rows are on the screen. */
  #shown = 0
  #catalogue
  #settings
  #infos
  #kinds
  #selection
  #table
  #facets
  #ticks
  #menu
  /** @type {State} */
  #state

  /**
   * @param {Catalogue} catalogue
   * @param {import('./settings.js').Settings} settings
   */
  constructor(catalogue, settings) {
    this.#catalogue = catalogue
    this.#settings = settings
    this.#infos = new Map(settings.columns.map((info) => [info.name, info]))
    this.#kinds = kinds(settings)
    this.#selection = new Selection(catalogue.rows)
    this.#state = fromQuery(location.search, this.#kinds, settings.shown, settings.sort)
    this.#table = new Table(byId('browse-view'), {
      text: (name, row) => shown(catalogue, this.#infos.get(name), row),
      href: (row) => (catalogue.has(NAME, row) ? modelPage(exact(catalogue, NAME, row)) : null),
      fetch: (rows) => catalogue.loadRows([NAME, ...this.#state.columns], rows).catch(failed),
      sort: (name) => this.#sort(name),
    })
    const onfilter = (/** @type {string} */ name, /** @type {Filter | null} */ filter) => this.#filter(name, filter)
    this.#facets = settings.columns.flatMap((info) => facetOf(info, onfilter) ?? [])
    this.#ticks = columnChooser(
      byId('browse-columns'),
      settings.columns.filter(({ name }) => name !== NAME),
      (columns) => this.#go({ ...this.#state, columns }),
    )
    const chosen = () => ({ rows: this.#rows, columns: this.#state.columns })
    this.#menu = downloadMenu(byId('browse-downloads'), offers(catalogue, settings, chosen))
    this.#listen()
  }

  /** Show the state that the address describes. */
  async start() {
    byId('browse-facets').replaceChildren(...this.#facets.map(({ element }) => element))
    const side = /** @type {HTMLDetailsElement} */ (byId('browse-side'))
    const narrow = matchMedia('(max-width: 59.9375em)')
    side.open = !narrow.matches
    narrow.addEventListener('change', () => (side.open = !narrow.matches))
    for (const { name, element } of this.#facets) {
      element.open = this.#settings.open.includes(name) || this.#state.filters.has(name)
      // While a selection is being shown, its counts follow by themselves and must not go first.
      element.addEventListener('toggle', () => void (this.#shown === this.#turn && this.#count()))
    }
    await this.#show()
  }

  #listen() {
    const search = /** @type {HTMLInputElement} */ (byId('browse-search'))
    const typed = debounced(() => {
      const text = search.value.trim()
      this.#filter(NAME, text ? { kind: 'text', text } : null)
    }, PAUSE)
    search.addEventListener('input', typed)
    byId('browse-form').addEventListener('submit', (event) => event.preventDefault())
    for (const panel of document.querySelectorAll('details.browse-panel')) {
      dismissable(/** @type {HTMLDetailsElement} */ (panel))
    }
    byId('browse-downloads').parentElement?.addEventListener('toggle', () => void this.#size())
    addEventListener('popstate', () => {
      const { shown, sort } = this.#settings
      this.#state = fromQuery(location.search, this.#kinds, shown, sort)
      void this.#show()
    })
  }

  /** @param {string} name @param {Filter | null} filter */
  #filter(name, filter) {
    const filters = new Map(this.#state.filters)
    if (filter) filters.set(name, filter)
    else filters.delete(name)
    this.#go({ ...this.#state, filters })
  }

  /** @param {string} name */
  #sort(name) {
    const { sort } = this.#state
    const same = sort?.column === name
    // Up, down, and back to the order in which the page opens.
    const next = same && sort.descending ? this.#settings.sort : { column: name, descending: same }
    this.#go({ ...this.#state, sort: next })
    byId('browse-view').querySelector(/** @type {'button'} */ (`button[data-column="${CSS.escape(name)}"]`))?.focus()
  }

  /** @param {State} state */
  #go(state) {
    const { shown, sort } = this.#settings
    const query = toQuery(state, shown, sort)
    if (query === toQuery(this.#state, shown, sort)) return
    this.#state = state
    history.pushState(null, '', query ? `?${query}` : location.pathname)
    void this.#show()
  }

  async #show() {
    const turn = ++this.#turn
    this.#draw()
    busy(true)
    try {
      const { filters, sort } = this.#state
      await Promise.all([...this.#pending().map((pending) => this.#need(...pending)), this.#catalogue.load(sort ? [sort.column] : [])])
      if (turn !== this.#turn) return
      this.#apply(filters)
      this.#rows = this.#selection.rows()
      if (sort) this.#rows = sortRows(this.#catalogue.column(sort.column), this.#rows, sort.descending)
      const drawn = this.#table.setRows(this.#rows)
      this.#announce()
      busy(false)
      // What is on the screen goes before what counts and sums need.
      await drawn
      if (turn !== this.#turn) return
      this.#shown = turn
      await Promise.all([this.#count(), this.#size()])
    } catch (error) {
      failed(error)
    }
  }

  /**
   * Read what a filter needs.
   * @param {string} name
   * @param {Filter} filter
   */
  async #need(name, filter) {
    if (filter.kind !== 'range') await this.#catalogue.load([name])
    else await this.#catalogue.loadWithin(name, filter.min, filter.max)
  }

  /** Filters that the selection does not have yet. */
  #pending() {
    return [...this.#state.filters].filter(([name, filter]) => this.#applied.get(name) !== filter)
  }

  /** @param {Map<string, Filter>} filters */
  #apply(filters) {
    for (const name of this.#selection.names) if (!filters.has(name)) this.#selection.set(name, null)
    for (const [name, filter] of this.#pending()) {
      this.#selection.set(name, failing(filter, this.#catalogue.column(name)))
    }
    this.#applied = filters
  }

  /** Bring the controls in line with the state. */
  #draw() {
    const { filters, sort, columns } = this.#state
    const search = /** @type {HTMLInputElement} */ (byId('browse-search'))
    const name = filters.get(NAME)
    if (search !== document.activeElement) search.value = name?.kind === 'text' ? name.text : ''
    for (const facet of this.#facets) {
      const filter = filters.get(facet.name)
      facet.set(filter)
      facet.element.classList.toggle('is-active', filter !== undefined)
    }
    this.#ticks(columns)
    this.#table.setColumns([NAME, ...columns].flatMap((column) => heading(this.#infos.get(column))), sort)
    drawChips(byId('browse-chips'), filters, this.#infos, (column) =>
      column === null ? this.#go({ ...this.#state, filters: new Map() }) : this.#filter(column, null),
    )
  }

  #announce() {
    const all = this.#catalogue.rows
    const found = this.#rows.length
    byId('browse-status').textContent =
      found === all ? `${count(all)} models` : `${count(found)} of ${count(all)} models`
    byId('browse-none').hidden = found > 0
  }

  /** Live counts of the filters that are unfolded. */
  async #count() {
    const turn = this.#turn
    const others = (/** @type {string} */ name) => [...this.#state.filters.keys()].some((other) => other !== name)
    const open = this.#facets.filter(({ element }) => element.open)
    // With no other filter in force the counts are those of the whole catalogue, which came with the page.
    const live = open.filter(({ name }) => others(name))
    for (const facet of open) if (!others(facet.name)) facet.reset()
    await this.#catalogue.load(live.map(({ name }) => name)).catch(failed)
    if (turn !== this.#turn) return
    for (const facet of live) facet.count(this.#catalogue.column(facet.name), this.#selection.rows(facet.name))
  }

  /** Size of the selection, once somebody looks. */
  async #size() {
    const panel = /** @type {HTMLDetailsElement} */ (byId('browse-downloads').parentElement)
    if (!panel.open) return
    this.#menu.describe(this.#rows.length, NaN)
    await this.#catalogue.load(['bytes']).catch(failed)
    const { values } = this.#catalogue.column('bytes')
    let size = 0
    for (const row of this.#rows) size += Number(values[row]) || 0
    this.#menu.describe(this.#rows.length, size)
  }
}

/** @param {import('./settings.js').Settings} settings */
function kinds(settings) {
  return new Map(settings.columns.map(({ name, type }) => [name, kindOf(type)]))
}

/** @param {boolean} now */
function busy(now) {
  byId('browse-view').setAttribute('aria-busy', String(now))
}

/** @param {unknown} error */
function failed(error) {
  busy(false)
  const message = byId('browse-message')
  message.textContent = error instanceof Error ? error.message : String(error)
  byId('browse-failed').hidden = false
}

async function main() {
  const settings = readSettings(byId('browse-data'))
  document.documentElement.classList.add('has-browse')
  try {
    const catalogue = await Catalogue.open(new URL(settings.table, document.baseURI).href, kinds(settings))
    byId('browse-whole').hidden = catalogue.ranges
    await new Browser(catalogue, settings).start()
  } catch (error) {
    failed(error)
  }
}

void main()

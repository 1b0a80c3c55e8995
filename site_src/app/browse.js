// The browse page: state -> selection -> view, filters and address.

import { exact } from './browse/cells.js'
import { drawChips } from './browse/chips.js'
import { ColumnChooser } from './browse/columns.js'
import { oneOf } from './page/controls.js'
import { byId, debounced } from './page/dom.js'
import { dismissable } from './page/menu.js'
import { busy, failed, onRetry, say, worked } from './page/notices.js'
import { ObservedSearch } from './browse/observed.js'
import { PastePanel } from './browse/paste.js'
import { fromQuery } from './browse/reading.js'
import { infosOf, openingsOf, readSettings } from './data/settings.js'
import { nameOf } from './search/search.js'
import { Sidebar } from './browse/sidebar.js'
import { Stage } from './browse/stage.js'
import { charted, filtered, LASSO, MOST_PICKED, NAME, otherThan, switched, toQuery } from './browse/state.js'
import { modelRows, Tables } from './data/tables.js'
import { drawUnread } from './browse/unread.js'
import { NOTHING, WhereField, wholeExpression } from './browse/where.js'
import { counted, emptyOf, problemOf, statusOf } from './browse/words.js'
import { WrittenPanel } from './browse/written.js'

/** How long to wait for the next key before the search starts, in ms. */
const PAUSE = 200

/**
 * @typedef {import('./browse/state.js').State} State
 * @typedef {import('./browse/state.js').TableName} TableName
 * @typedef {import('./browse/state.js').ViewName} ViewName
 * @typedef {import('./data/filters.js').Filter} Filter
 * @typedef {import('./data/tables.js').OpenTable} OpenTable
 */

class Browser {
  #rows = new Uint32Array()
  /** The selection in the query language, as last written. @type {string | null} */
  #expression = null
  /** Why the selection is not what was asked for; '' where it is. */
  #problem = ''
  /** Whether the expression is not understood. */
  #wrong = false
  /** Counts updates, so that one that is overtaken stops. */
  #turn = 0
  /** The update whose rows are on the screen. */
  #shown = 0
  /** The table that is on the screen. @type {OpenTable} */
  #table
  #tables
  #settings
  #openings
  #stage
  #paste
  #where
  #showView
  #sidebar
  #columns
  #observed
  #showTable
  /** @type {Promise<import('./downloads/planner.js').Planner> | null} */
  #planner = null
  /** @type {State} */
  #state

  /**
   * @param {Tables} tables
   * @param {OpenTable} first
   * @param {import('./data/settings.js').Settings} settings
   */
  constructor(tables, first, settings) {
    this.#tables = tables
    this.#table = first
    this.#settings = settings
    this.#openings = openingsOf(settings)
    this.#state = fromQuery(location.search, this.#openings)
    this.#stage = new Stage(first, this.#state, settings, {
      sort: (name) => this.#sort(name),
      pick: (name, on) => this.#pick(name, on),
      axes: (plot) => this.#go({ ...this.#state, plot }),
      lasso: (filter) => this.#filter(LASSO, filter),
      look: (sky) => this.#go({ ...this.#state, sky }),
      around: (text) => this.#filter(nameOf('position'), { kind: 'search', of: 'position', text }),
    })
    const onfilter = (/** @type {string} */ name, /** @type {Filter | null} */ filter) => this.#filter(name, filter)
    // While a selection is being shown, its counts follow by themselves and must not go first.
    this.#sidebar = new Sidebar(byId('browse-filters'), onfilter, () => void (this.#shown === this.#turn && this.#count()))
    this.#observed = new ObservedSearch(byId('browse-observed'), onfilter, () => this.#tables.get('observations'))
    this.#columns = new ColumnChooser(byId('browse-columns'), (columns) => this.#go({ ...this.#state, columns }))
    this.#showTable = oneOf(byId('browse-tables'), (table) => this.#go(switched(this.#state, /** @type {TableName} */ (table), this.#openings)))
    this.#showView = oneOf(byId('browse-views'), (view) => this.#go({ ...this.#state, view: /** @type {ViewName} */ (view) }))
    const choose = (/** @type {string[] | null} */ ids) => this.#filter(NAME, ids && { kind: 'ids', ids })
    this.#paste = new PastePanel(byId('browse-paste'), () => this.#names(), choose)
    const panel = /** @type {HTMLDetailsElement} */ (byId('browse-written'))
    const use = (/** @type {string} */ where) => this.#go({ ...this.#state, where, filters: new Map() })
    new WrittenPanel(panel, byId('browse-written-panel'), () => ({ state: this.#state, infos: this.#infos, problem: this.#problem, catalogue: this.#table.catalogue }), use)
    this.#where = new WhereField(byId('browse-where'), panel, (where) => this.#go({ ...this.#state, where }))
    this.#listen()
  }

  /** Show the state that the address describes. */
  async start() {
    const side = /** @type {HTMLDetailsElement} */ (byId('browse-side'))
    const narrow = matchMedia('(max-width: 59.9375em)')
    side.open = !narrow.matches
    narrow.addEventListener('change', () => (side.open = !narrow.matches))
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
    byId('browse-theirs').addEventListener('click', () => void this.#theirModels().catch(failed))
    byId('browse-download').addEventListener('toggle', () => void this.#plan())
    onRetry(() => void this.#show())
    addEventListener('popstate', () => {
      this.#state = fromQuery(location.search, this.#openings)
      void this.#show()
    })
  }

  /** Columns of the table that the state is about. */
  get #infos() {
    return infosOf(this.#settings.tables[this.#state.table])
  }

  /** Names of all models. */
  async #names() {
    const { models } = this.#tables
    await models.load([NAME])
    return new Set(Array.from({ length: models.rows }, (_, row) => exact(models, NAME, row)))
  }

  /** @param {string} name @param {Filter | null} filter */
  #filter(name, filter) {
    this.#go(filtered(this.#state, name, filter))
  }

  /** @param {string} name */
  #sort(name) {
    const { sort, table } = this.#state
    const same = sort?.column === name
    // Up, down, and back to the order in which the page opens.
    const next = same && sort.descending ? this.#openings[table].sort : { column: name, descending: same }
    this.#go({ ...this.#state, sort: next })
  }

  /** @param {string} name of a model @param {boolean} on */
  #pick(name, on) {
    const others = this.#state.picked.filter((other) => other !== name)
    if (on && others.length >= MOST_PICKED) {
      say(`At most ${MOST_PICKED} models are compared; take one away first.`)
      return
    }
    const picked = on ? [...others, name] : others
    say(`${picked.length} of ${MOST_PICKED} models picked for comparing`)
    this.#go({ ...this.#state, picked })
  }

  /** @param {State} state */
  #go(state) {
    const query = toQuery(state, this.#openings)
    if (query === toQuery(this.#state, this.#openings) && state.unread === this.#state.unread) return
    const same = (/** @type {(keyof State)[]} */ ...keys) => keys.every((key) => state[key] === this.#state[key])
    const quick = same('table', 'filters', 'where', 'sort', 'unread')
    // The way back leads past the beginnings of an expression.
    const unfinished = this.#wrong && !same('where') && same('table', 'filters', 'sort', 'unread')
    // Nor does it stop at every place on the sky that was looked at.
    const looking = !same('sky') && same('table', 'filters', 'where', 'sort', 'unread', 'view')
    this.#state = state
    history[unfinished || looking ? 'replaceState' : 'pushState'](null, '', query ? `?${query}` : location.pathname)
    if (quick && this.#shown === this.#turn) void this.#present()
    else void this.#show()
  }

  async #show() {
    const turn = ++this.#turn
    const { table: name, filters, sort, where } = this.#state
    this.#draw()
    busy(true)
    worked()
    try {
      const [table, query] = await Promise.all([this.#tables.get(name), this.#where.compile(where)])
      if (turn !== this.#turn) return
      this.#wrong = query === NOTHING
      const problem = problemOf(this.#state, this.#wrong)
      const wanted = { filters, query: problem ? NOTHING : query, sort }
      await table.matching.read(wanted)
      if (turn !== this.#turn) return
      this.#problem = problem
      this.#table = table
      this.#rows = table.matching.rows(wanted)
      const drawn = this.#stage.show(this.#state, table, this.#rows)
      this.#announce()
      busy(false)
      // What is on the screen goes before what counts and sums need.
      await drawn
      if (turn !== this.#turn) return
      this.#shown = turn
      await Promise.all([this.#count(), this.#plan()])
    } catch (error) {
      if (turn !== this.#turn) return
      this.#problem = 'the table could not be read'
      failed(error)
      await this.#plan()
    }
  }

  /** Bring the controls in line with the state. */
  #draw() {
    const { table, filters, where, columns, view, picked } = this.#state
    const settings = this.#settings.tables[table]
    const search = /** @type {HTMLInputElement} */ (byId('browse-search'))
    const name = filters.get(NAME)
    if (search !== document.activeElement) search.value = name?.kind === 'text' ? name.text : ''
    search.disabled = name?.kind === 'ids'
    // Products have no names of models.
    search.closest('.browse-names')?.toggleAttribute('hidden', this.#settings.tables.models.rows === 0)
    search.placeholder = name?.kind === 'ids' ? counted(name.ids.length, 'pasted names') : this.#settings.tables[table].products ? 'Search in names of models' : 'Search in names'
    this.#paste.set(name)
    const other = otherThan(table)
    const others = infosOf(this.#settings.tables[other])
    const open = () => this.#go(switched(this.#state, other, this.#openings))
    this.#where.set(where, this.#infos, { table: other, infos: others, open })
    this.#showTable(table)
    const sky = byId('browse-views').querySelector('[data-choice=sky]')
    sky?.toggleAttribute('hidden', !charted(this.#infos))
    this.#showView(view === 'sky' && !charted(this.#infos) ? 'table' : view)
    this.#observed.show(table, this.#infos, filters)
    byId('browse-picked').textContent = picked.length > 0 ? String(picked.length) : ''
    for (const kind of ['parquet', 'csv']) byId(`browse-${kind}`).setAttribute('href', `catalog/${table}.${kind}`)
    this.#sidebar.show(table, settings, this.#state)
    this.#columns.show(table, settings.columns.filter((info) => info.name !== NAME), settings.shown, columns)
    drawChips(byId('browse-chips'), this.#state, this.#infos, others, (changed) => this.#go(changed))
    drawUnread(byId('browse-unread'), this.#state, () => this.#go({ ...this.#state, unread: [] }))
  }

  /** What changes without a change of the rows. */
  async #present() {
    this.#draw()
    await this.#stage.show(this.#state, this.#table, this.#rows).catch(failed)
  }

  /** Choose the models of the observations that are found. */
  async #theirModels() {
    const { models } = this.#tables
    const rows = modelRows(this.#table, this.#rows)
    const there = switched(this.#state, 'models', this.#openings)
    await models.loadRows([NAME], rows)
    const ids = Array.from(rows, (row) => exact(models, NAME, row))
    this.#go({ ...there, where: '', filters: new Map([[NAME, { kind: 'ids', ids }]]) })
  }

  #announce() {
    const all = this.#table.catalogue.rows
    const found = this.#rows.length
    byId('browse-status').textContent = statusOf(this.#table.name, found, all, this.#problem)
    byId('browse-theirs').hidden = this.#table.name === 'models' || found === all || modelRows(this.#table, this.#rows).length === 0
    byId('browse-none').textContent = emptyOf(this.#state, all, this.#problem)
  }

  async #count() {
    const turn = this.#turn
    const current = () => turn === this.#turn
    await Promise.all([this.#sidebar.count(this.#table, current), this.#observed.count(this.#table, current, this.#state.filters)]).catch(failed)
  }

  /** What the planner of downloads is told. */
  #selection() {
    const { name, catalogue } = this.#table
    return {
      table: name,
      catalogue: /** @type {import('./data/catalogue.js').Catalogue} */ (catalogue),
      models: this.#tables.models,
      modelRows: modelRows(this.#table, this.#rows),
      rows: this.#rows,
      columns: this.#state.columns,
      expression: this.#expression,
    }
  }

  /** The plan of the download, once somebody looks. */
  async #plan() {
    byId('browse-why').textContent = this.#problem && `Nothing can be downloaded: ${this.#problem}.`
    byId('browse-why').hidden = this.#problem === ''
    byId('browse-planner').hidden = this.#problem !== ''
    if (this.#problem || !(/** @type {HTMLDetailsElement} */ (byId('browse-download')).open)) return
    try {
      this.#expression = await wholeExpression(this.#state, this.#infos, this.#table.catalogue)
      // It brings writers of many formats along, which nobody else needs.
      this.#planner ??= import('./downloads/planner.js').then(({ Planner }) => {
        const [settings, selection] = [this.#settings, () => this.#selection()]
        return new Planner(byId('browse-planner'), { settings, selection })
      })
      await (await this.#planner).update()
    } catch (error) {
      failed(error)
    }
  }
}

/** The page's own part is enough: the theme's scripts come after it, and are large. */
async function parsed() {
  // What follows the settings shows that they are there to their end.
  if (document.getElementById('browse-data')?.nextSibling) return
  await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }))
}

async function main() {
  await parsed()
  const settings = readSettings(byId('browse-data'))
  document.documentElement.classList.add('has-browse')
  await start(settings)
}

/** @param {import('./data/settings.js').Settings} settings */
async function start(settings) {
  onRetry(() => void start(settings))
  worked()
  try {
    const tables = await Tables.open(settings)
    byId('browse-whole').hidden = tables.models.ranges
    // Where there are observed products alone, they are what there is to see.
    const opening = settings.tables.models.rows === 0 && settings.tables.observations.rows > 0 && !location.search
    if (opening) history.replaceState(null, '', '?table=observations')
    await new Browser(tables, await tables.get('models'), settings).start()
  } catch (error) {
    failed(error)
  }
}

void main()

// What the user chose, and its form in the address: ?name=spiral&mass_loss_rate=1e-7..1e-6&sort=-bytes

import { idsFrom, idsTo, lassoFrom, lassoTo, listFrom, listTo } from './address.js'
import { short } from '../page/format.js'

/**
 * @typedef {import('../data/filters.js').Filter} Filter
 * @typedef {import('../data/column.js').Kind} Kind
 * @typedef {'models' | 'observations'} TableName
 * @typedef {'table' | 'plot' | 'compare'} ViewName
 * @typedef {{column: string, descending: boolean}} Sort
 * @typedef {{x: string, y: string, colour: string}} Axes  colour is '' where none is chosen
 *
 * @typedef {object} State
 * @property {TableName} table
 * @property {Map<string, Filter>} filters by the column, or LASSO
 * @property {string} where an expression that the user typed; '' for none
 * @property {Sort | null} sort null for the order of the file
 * @property {string[]} columns shown beside the name
 * @property {ViewName} view
 * @property {Axes | null} plot null until axes are chosen
 * @property {string[]} picked names of the models to compare, six at most
 *
 * @typedef {object} Opening how a table opens
 * @property {Map<string, Kind>} kinds of the columns
 * @property {string[]} shown columns
 * @property {Sort | null} sort
 *
 * @typedef {Record<TableName, Opening>} Openings
 */

/** Column that the free-text field searches. */
export const NAME = 'model_id'
/** Name of the filter drawn on the plot, which belongs to two columns. */
export const LASSO = '(lasso)'
export const MOST_PICKED = 6
/** @type {readonly TableName[]} */
export const TABLES = ['models', 'observations']
/** @type {readonly ViewName[]} */
export const VIEWS = ['table', 'plot', 'compare']
// q is not ours: the theme opens its search over the page when it stands in the address.
const RESERVED = new Set(['name', 'q', 'sort', 'columns', 'table', 'view', 'where', 'plot', 'picked', 'ids', 'lasso'])

/**
 * Name of a column's filter in the address; a column may be called like one of our own words.
 * @param {string} column
 */
function keyOf(column) {
  return RESERVED.has(column) || column.startsWith('f.') ? `f.${column}` : column
}

/**
 * The query string of a state; '' for the state in which the page opens.
 * @param {State} state
 * @param {Openings} openings
 */
export function toQuery(state, openings) {
  const { sort, columns } = state
  const opening = openings[state.table]
  const query = new URLSearchParams()
  if (state.table !== 'models') query.set('table', state.table)
  for (const [name, filter] of [...state.filters].sort(([a], [b]) => (a < b ? -1 : 1))) write(query, name, filter)
  if (state.where) query.set('where', state.where)
  if (sort && written(sort) !== (opening.sort && written(opening.sort))) query.set('sort', written(sort))
  if (columns.join() !== opening.shown.join()) query.set('columns', listTo(columns))
  if (state.view !== 'table') query.set('view', state.view)
  if (state.plot) query.set('plot', listTo([state.plot.x, state.plot.y, state.plot.colour].filter(Boolean)))
  if (state.picked.length > 0) query.set('picked', listTo(state.picked))
  return query.toString()
}

/**
 * @param {URLSearchParams} query
 * @param {string} name
 * @param {Filter} filter
 */
function write(query, name, filter) {
  if (filter.kind === 'text') query.set('name', filter.text)
  else if (filter.kind === 'ids') query.set('ids', idsTo(filter.ids))
  else if (filter.kind === 'lasso') query.set('lasso', lassoTo(filter))
  else if (filter.kind === 'range') query.set(keyOf(name), `${bound(filter.min)}..${bound(filter.max)}`)
  else for (const value of [...filter.values].sort()) query.append(keyOf(name), value)
}

/** @param {Sort} sort */
function written({ column, descending }) {
  return (descending ? '-' : '') + column
}

/** @param {number} value */
function bound(value) {
  return Number.isFinite(value) ? short(value) : ''
}

/**
 * The state that a query string describes; what it cannot mean is passed over.
 * @param {string} query
 * @param {Openings} openings
 * @returns {State}
 */
export function fromQuery(query, openings) {
  const given = new URLSearchParams(query)
  const table = TABLES.find((name) => name === given.get('table')) ?? 'models'
  const { kinds, shown, sort } = openings[table]
  const columns = given.has('columns') ? listFrom(given.get('columns')).filter((name) => kinds.has(name) && name !== NAME) : [...shown]
  return {
    table,
    filters: filtersOf(given, kinds),
    where: given.get('where')?.trim() ?? '',
    sort: sorting(given.get('sort') ?? '', kinds) ?? sort,
    columns,
    view: VIEWS.find((name) => name === given.get('view')) ?? 'table',
    plot: axes(listFrom(given.get('plot')), kinds),
    picked: [...new Set(listFrom(given.get('picked')))].slice(0, MOST_PICKED),
  }
}

/**
 * @param {URLSearchParams} given
 * @param {Map<string, Kind>} kinds
 */
function filtersOf(given, kinds) {
  /** @type {Map<string, Filter>} */
  const filters = new Map()
  const text = given.get('name')?.trim()
  if (text) filters.set(NAME, { kind: 'text', text })
  const ids = given.get('ids')
  if (ids) filters.set(NAME, { kind: 'ids', ids: idsFrom(ids) })
  for (const [name, kind] of kinds) {
    const values = given.getAll(keyOf(name))
    if (values.length === 0 || name === NAME) continue
    const filter = kind === 'number' ? range(values[0] ?? '') : choice(values)
    if (filter) filters.set(name, filter)
  }
  const lasso = lassoFrom(given.get('lasso') ?? '')
  if (lasso && kinds.has(lasso.x) && kinds.has(lasso.y)) filters.set(LASSO, lasso)
  return filters
}

/** @param {string[]} values @returns {Filter} */
function choice(values) {
  return { kind: 'choice', values: [...new Set(values)] }
}

/** @param {string} text @returns {Filter | null} */
function range(text) {
  const [low = '', high = low] = text.split('..')
  const min = low === '' ? -Infinity : Number(low)
  const max = high === '' ? Infinity : Number(high)
  if (Number.isNaN(min) || Number.isNaN(max) || (low === '' && high === '')) return null
  return { kind: 'range', min, max }
}

/** @param {string} text @param {Map<string, Kind>} kinds @returns {Sort | null} */
function sorting(text, kinds) {
  const descending = text.startsWith('-')
  const column = descending ? text.slice(1) : text
  return kinds.has(column) ? { column, descending } : null
}

/** @param {string[]} names @param {Map<string, Kind>} kinds @returns {Axes | null} */
function axes([x = '', y = '', colour = ''], kinds) {
  return kinds.has(x) && kinds.has(y) ? { x, y, colour: kinds.has(colour) ? colour : '' } : null
}

/**
 * The state in the other table: filters, order and columns go along where it has the columns.
 * @param {State} state
 * @param {TableName} table
 * @param {Openings} openings
 * @returns {State}
 */
export function switched(state, table, openings) {
  const { kinds, shown, sort } = openings[table]
  const fits = (/** @type {[string, Filter]} */ [name, filter]) =>
    filter.kind === 'lasso' ? kinds.has(filter.x) && kinds.has(filter.y) : kinds.has(name) && (kinds.get(name) === 'number') === (filter.kind === 'range')
  const axes = state.plot && [state.plot.x, state.plot.y, state.plot.colour]
  return {
    ...state,
    table,
    filters: new Map([...state.filters].filter(fits)),
    sort,
    columns: [...shown],
    plot: axes?.every((name) => name === '' || kinds.has(name)) ? state.plot : null,
  }
}

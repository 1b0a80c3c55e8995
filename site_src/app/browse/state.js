// What the user chose, and how it is written in the address: ?name=spiral&mass_loss_rate=1e-7..1e-6&sort=-bytes

import { idsTo, lassoTo, listTo, lookTo } from './address.js'
import { short } from '../page/format.js'
import { itemsOf, nameOf, SEARCHES, searchable } from '../search/search.js'

/**
 * @typedef {import('../data/filters.js').Filter} Filter
 * @typedef {import('../data/column.js').Kind} Kind
 * @typedef {'models' | 'observations'} TableName
 * @typedef {'table' | 'plot' | 'sky' | 'compare'} ViewName
 * @typedef {{column: string, descending: boolean}} Sort
 * @typedef {{x: string, y: string, colour: string}} Axes  colour is '' where none is chosen
 *
 * @typedef {object} Unread a part of the address that has no meaning here
 * @property {string} key
 * @property {string} value
 * @property {boolean} selects whether it asks for other rows, not only for another view of them
 *
 * @typedef {object} State
 * @property {TableName} table
 * @property {Map<string, Filter>} filters by the column, LASSO, or the name of a search
 * @property {Map<string, Filter>} waiting filters on columns that only the other table has
 * @property {Unread[]} unread
 * @property {string} where an expression that the user typed; '' for none
 * @property {Sort | null} sort null for the order of the file
 * @property {string[]} columns shown beside the name
 * @property {ViewName} view
 * @property {Axes | null} plot null until axes are chosen
 * @property {import('../sky/projection.js').Look | null} sky the part of it that is looked at; null for the whole
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
export const VIEWS = ['table', 'plot', 'sky', 'compare']
// q is not ours: the theme opens its search over the page when it stands in the address.
export const RESERVED = new Set(['name', 'q', 'sort', 'columns', 'table', 'view', 'where', 'plot', 'picked', 'ids', 'lasso', 'sky', ...SEARCHES])

/** @param {TableName} table */
export function otherThan(table) {
  return table === 'models' ? 'observations' : 'models'
}

/**
 * Name of a column's filter in the address; a column may be called like one of our own words.
 * @param {string} column
 */
export function keyOf(column) {
  return RESERVED.has(column) || column.startsWith('f.') ? `f.${column}` : column
}

/**
 * Whether the rows of a table have places on the sky.
 * @param {{has: (name: string) => boolean}} columns
 */
export function charted(columns) {
  return columns.has('s_ra') && columns.has('s_dec')
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
  for (const [name, filter] of [...state.waiting, ...state.filters].sort(([a], [b]) => (a < b ? -1 : 1))) write(query, name, filter)
  if (state.where) query.set('where', state.where)
  if (sort && written(sort) !== (opening.sort && written(opening.sort))) query.set('sort', written(sort))
  if (columns.join() !== opening.shown.join()) query.set('columns', listTo(columns))
  if (state.view !== 'table') query.set('view', state.view)
  if (state.plot) query.set('plot', listTo([state.plot.x, state.plot.y, state.plot.colour].filter(Boolean)))
  if (state.sky) query.set('sky', lookTo(state.sky))
  if (state.picked.length > 0) query.set('picked', listTo(state.picked))
  for (const { key, value, selects } of state.unread) if (selects) query.append(key, value)
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
  else if (filter.kind === 'search') query.set(filter.of, filter.of === 'identifier' ? idsTo(itemsOf(filter.text)) : filter.text)
  else if (filter.kind === 'range') query.set(keyOf(name), `${bound(filter.min)}..${bound(filter.max)}`)
  else for (const value of [...filter.values].sort()) query.append(keyOf(name), value)
}

/**
 * The state with another filter on a column; null takes it away.
 * @param {State} state
 * @param {string} name
 * @param {Filter | null} filter
 * @returns {State}
 */
export function filtered(state, name, filter) {
  const [filters, waiting] = [new Map(state.filters), new Map(state.waiting)]
  if (filter) {
    filters.set(name, filter)
    // The address has room for one.
    waiting.delete(name)
  } else filters.delete(name)
  const search = SEARCHES.find((of) => nameOf(of) === name)
  const keys = name === NAME ? ['name', 'ids'] : [search ?? (name === LASSO ? 'lasso' : keyOf(name))]
  return { ...state, filters, waiting, unread: state.unread.filter(({ key }) => !keys.includes(key)) }
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
 * The state in the other table: filters go along where it has the columns, and wait where not.
 * @param {State} state
 * @param {TableName} table
 * @param {Openings} openings
 * @returns {State}
 */
export function switched(state, table, openings) {
  const { kinds, shown, sort } = openings[table]
  const fits = (/** @type {[string, Filter]} */ [name, filter]) => {
    if (filter.kind === 'lasso') return kinds.has(filter.x) && kinds.has(filter.y)
    if (filter.kind === 'search') return searchable(filter.of, kinds)
    return kinds.has(name) && (kinds.get(name) === 'number') === (filter.kind === 'range')
  }
  const all = [...new Map([...state.waiting, ...state.filters])]
  const axes = state.plot && [state.plot.x, state.plot.y, state.plot.colour]
  return {
    ...state,
    table,
    filters: new Map(all.filter(fits)),
    waiting: new Map(all.filter((one) => !fits(one))),
    unread: state.unread.filter(({ key }) => key !== 'table'),
    sort,
    columns: [...shown],
    plot: axes?.every((name) => name === '' || kinds.has(name)) ? state.plot : null,
  }
}

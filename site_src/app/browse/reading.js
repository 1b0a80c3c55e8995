// The state that an address describes, and the parts of the address that have no meaning.

import { idsFrom, lassoFrom, listFrom, listTo, lookFrom } from './address.js'
import { searchable, SEARCHES, searchOf, nameOf } from '../search/search.js'
import { keyOf, LASSO, MOST_PICKED, NAME, otherThan, RESERVED, TABLES, VIEWS } from './state.js'

/** Words in addresses that are about the search of the theme or about where readers come from. */
const FOREIGN = /^(q|h|utm_.*|fbclid|gclid)$/
/** Of our own words, those that choose rows; each stands once. */
const SELECTING = ['table', 'name', 'ids', 'where', 'lasso', ...SEARCHES]

/**
 * @typedef {import('../data/filters.js').Filter} Filter
 * @typedef {import('../data/column.js').Kind} Kind
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').Openings} Openings
 * @typedef {Map<string, Kind>} Kinds
 */

/**
 * The state that a query string describes.
 * @param {string} query
 * @param {Openings} openings
 * @returns {State}
 */
export function fromQuery(query, openings) {
  const reading = new Reading(query)
  const table = reading.one('table', (text) => TABLES.find((name) => name === text)) ?? 'models'
  const { kinds, shown, sort } = openings[table]
  const other = openings[otherThan(table)].kinds
  return {
    table,
    ...reading.filters(kinds, other),
    where: reading.given.get('where')?.trim() ?? '',
    sort: reading.one('sort', (text) => sorting(text, kinds)) ?? sort,
    columns: reading.columns(kinds) ?? [...shown],
    view: reading.one('view', (text) => VIEWS.find((name) => name === text)) ?? 'table',
    plot: reading.one('plot', (text) => axes(listFrom(text), kinds)) ?? null,
    sky: reading.one('sky', lookFrom) ?? null,
    picked: reading.picked(),
    unread: reading.rest(),
  }
}

/** An address while it is read. */
class Reading {
  /** Keys of columns that have been read. @type {Set<string>} */
  #done = new Set()
  /** @type {import('./state.js').Unread[]} */
  #unread = []

  /** @param {string} query */
  constructor(query) {
    this.given = new URLSearchParams(query)
  }

  /**
   * What a part means; undefined where it is missing or means nothing.
   * @template T
   * @param {string} key
   * @param {(text: string) => T | undefined} meaning
   */
  one(key, meaning) {
    const text = this.given.get(key)?.trim()
    if (!text) return undefined
    const meant = meaning(text)
    if (meant === undefined) this.#note(key, text)
    return meant
  }

  /**
   * @param {Kinds} kinds of the columns of the table
   * @param {Kinds} other of those of the other table, for which a filter waits
   */
  filters(kinds, other) {
    const text = this.one('name', (name) => name)
    const ids = this.one('ids', idsFrom)
    if (ids && text) this.#note('name', text)
    /** @type {Map<string, Filter>} */
    const filters = new Map()
    if (ids) filters.set(NAME, { kind: 'ids', ids })
    else if (text) filters.set(NAME, { kind: 'text', text })
    for (const [name, filter] of this.#columns(kinds)) filters.set(name, filter)
    const waiting = this.#columns(other)
    const on = (/** @type {Kinds} */ of, /** @type {{x: string, y: string}} */ { x, y }) => of.has(x) && of.has(y)
    const lasso = this.one('lasso', (outline) => {
      const drawn = lassoFrom(outline)
      return drawn && (on(kinds, drawn) || on(other, drawn)) ? drawn : undefined
    })
    if (lasso) (on(kinds, lasso) ? filters : waiting).set(LASSO, lasso)
    for (const of of SEARCHES) {
      const search = this.one(of, (text) => {
        const found = searchOf(of, of === 'identifier' ? idsFrom(text).join(' ') : text)
        return found && (searchable(of, kinds) || searchable(of, other)) ? found : undefined
      })
      if (search) (searchable(of, kinds) ? filters : waiting).set(nameOf(of), search)
    }
    return { filters, waiting }
  }

  /** @param {Kinds} kinds */
  columns(kinds) {
    if (!this.given.has('columns')) return null
    const names = listFrom(this.given.get('columns'))
    const unknown = names.filter((name) => !kinds.has(name))
    if (unknown.length > 0) this.#note('columns', listTo(unknown))
    return names.filter((name) => kinds.has(name) && name !== NAME)
  }

  picked() {
    const ids = [...new Set(listFrom(this.given.get('picked')))]
    if (ids.length > MOST_PICKED) this.#note('picked', listTo(ids.slice(MOST_PICKED)))
    return ids.slice(0, MOST_PICKED)
  }

  /** What has no meaning, once all else has been read. */
  rest() {
    for (const key of SELECTING) for (const value of this.given.getAll(key).slice(1)) this.#note(key, value)
    for (const [key, value] of this.given) {
      if (!RESERVED.has(key) && !this.#done.has(key) && !FOREIGN.test(key)) this.#note(key, value)
    }
    return this.#unread
  }

  /**
   * Filters on columns that have not been read yet.
   * @param {Kinds} kinds
   */
  #columns(kinds) {
    /** @type {Map<string, Filter>} */
    const filters = new Map()
    for (const [name, kind] of kinds) {
      const key = keyOf(name)
      const values = this.given.getAll(key)
      if (values.length === 0 || name === NAME || this.#done.has(key)) continue
      this.#done.add(key)
      if (kind === 'number' && values.length === 1 && values[0]?.trim() === '') continue
      const filter = kind !== 'number' ? choice(values) : values.length === 1 ? range(values[0] ?? '') : null
      if (filter) filters.set(name, filter)
      else for (const value of values) this.#note(key, value)
    }
    return filters
  }

  /** @param {string} key @param {string} value */
  #note(key, value) {
    this.#unread.push({ key, value, selects: !RESERVED.has(key) || SELECTING.includes(key) })
  }
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

/** @param {string} text @param {Kinds} kinds @returns {import('./state.js').Sort | undefined} */
function sorting(text, kinds) {
  const descending = text.startsWith('-')
  const column = descending ? text.slice(1) : text
  return kinds.has(column) ? { column, descending } : undefined
}

/** @param {string[]} names @param {Kinds} kinds @returns {import('./state.js').Axes | undefined} */
function axes([x = '', y = '', colour = ''], kinds) {
  return kinds.has(x) && kinds.has(y) ? { x, y, colour: kinds.has(colour) ? colour : '' } : undefined
}

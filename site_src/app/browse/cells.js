// Cells of the table as text.

import { kindOf } from '../data/column.js'
import { entries } from '../data/filters.js'
import { bytes, number } from '../page/format.js'
import { dateOf } from '../search/spans.js'
import { scaled, unitOf } from '../data/settings.js'
import { NAME } from './state.js'

/** Columns of times in MJD, which people read as dates. */
const TIMES = new Set(['t_min', 't_max'])
/** Columns whose far figures tell places apart. */
const PLACES = new Set(['s_ra', 's_dec'])

/**
 * @typedef {import('../data/tables.js').Readable} Readable
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 */

/**
 * The value of a cell as the catalogue has it; the entries of a list with `between` between them.
 * @param {Readable} catalogue
 * @param {string} name
 * @param {number} row
 * @param {string} [between]
 */
export function exact(catalogue, name, row, between = ';') {
  return entries(catalogue.column(name), row).join(between)
}

/**
 * A cell for people; null while its value has not been read.
 * @param {Readable} catalogue
 * @param {ColumnInfo | undefined} info
 * @param {number} row
 */
export function shown(catalogue, info, row) {
  if (!info || !catalogue.has(info.name, row)) return null
  const column = catalogue.column(info.name)
  if (column.kind !== 'number') return exact(catalogue, info.name, row, ', ') || '–'
  const value = column.values[row] ?? NaN
  return TIMES.has(info.name) ? dateOf(value) : amount(info, value)
}

/**
 * A number for people, in the unit in which they see the column.
 * @param {ColumnInfo} info
 * @param {number} value
 */
export function amount(info, value) {
  if (info.unit === 'byte') return bytes(value)
  const scale = info.scales?.[0]
  // Lines are told apart by their fifth and sixth figure.
  return scale ? number(scaled(scale, value), 7) : number(value, PLACES.has(info.name) ? 8 : 4)
}

/**
 * How the table heads a column, and which way it aligns it.
 * @param {ColumnInfo | undefined} info
 * @returns {import('./table.js').TableColumn[]}
 */
export function heading(info) {
  if (!info) return []
  const style = info.name === NAME ? 'name' : kindOf(info.type) === 'number' ? 'number' : 'text'
  return [{ name: info.name, label: info.label, description: info.description, style, unit: TIMES.has(info.name) ? '' : unitOf(info), wide: TIMES.has(info.name) || info.vounit === 'm' }]
}

// Cells of the table as text.

import { kindOf } from './column.js'
import { entries } from './filters.js'
import { bytes, number } from './format.js'
import { NAME } from './state.js'

/**
 * @typedef {import('./catalogue.js').Catalogue} Catalogue
 * @typedef {import('./settings.js').ColumnInfo} ColumnInfo
 */

/**
 * The value of a cell as the catalogue has it; the entries of a list with `between` between them.
 * @param {Catalogue} catalogue
 * @param {string} name
 * @param {number} row
 * @param {string} [between]
 */
export function exact(catalogue, name, row, between = ';') {
  return entries(catalogue.column(name), row).join(between)
}

/**
 * A cell for people; null while its value has not been read.
 * @param {Catalogue} catalogue
 * @param {ColumnInfo | undefined} info
 * @param {number} row
 */
export function shown(catalogue, info, row) {
  if (!info || !catalogue.has(info.name, row)) return null
  const column = catalogue.column(info.name)
  if (column.kind !== 'number') return exact(catalogue, info.name, row, ', ') || '–'
  const value = column.values[row] ?? NaN
  return info.unit === 'byte' ? bytes(value) : number(value)
}

/**
 * How the table heads a column, and which way it aligns it.
 * @param {ColumnInfo | undefined} info
 * @returns {import('./table.js').TableColumn[]}
 */
export function heading(info) {
  if (!info) return []
  const style = info.name === NAME ? 'name' : kindOf(info.type) === 'number' ? 'number' : 'text'
  // Sizes carry their own prefix and unit in every cell.
  return [{ ...info, style, unit: info.unit === 'byte' ? '' : info.unit }]
}

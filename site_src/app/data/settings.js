// What portal.pages.browse says about the catalogue, as JSON inside the page.

import { kindOf } from './column.js'
import { TABLES } from '../browse/state.js'

/**
 * @typedef {import('./bins.js').Bins} Bins
 * @typedef {[value: string, count: number][]} Choices
 * @typedef {{unit: string, factor: number, inverse: boolean}} Scale
 *   a value times the factor, or the factor over it, is the value in the unit
 *
 * @typedef {object} ColumnInfo
 * @property {string} name in the Parquet file
 * @property {string} label for people
 * @property {string} unit for people, of the values in the file; '' for none
 * @property {string} vounit the same as a VOUnit string
 * @property {Scale[] | null} scales other units for people; the first one is shown in the table
 * @property {string} type as the schema names it
 * @property {string} description
 * @property {string} group heading over its filter
 * @property {Bins | null} bins of the whole table; null where a range makes no sense
 * @property {Choices | null} choices values and their counts; null where there are too many
 * @property {number} distinct how many values differ, where they may be ticked
 * @property {boolean} [lent] whether the table of models has it
 *
 * @typedef {object} TableSettings
 * @property {string} file address of the Parquet file, relative to the page
 * @property {number} rows
 * @property {number} [products] how many of the rows are of no model, and at the end
 * @property {string[]} shown columns at first
 * @property {import('../browse/state.js').Sort | null} sort order at first; null for that of the file
 * @property {string[]} open filters that are unfolded at first
 * @property {ColumnInfo[]} columns
 *
 * @typedef {object} Settings
 * @property {Record<import('../browse/state.js').TableName, TableSettings>} tables
 * @property {Record<string, string>} stores address of the data of each collection
 * @property {boolean} pictures whether pages of products have pictures
 */

/**
 * @param {HTMLElement} element
 * @returns {Settings}
 */
export function readSettings(element) {
  /** @type {Settings} */
  const settings = JSON.parse(element.textContent ?? '')
  const { models, observations } = settings.tables
  const infos = infosOf(models)
  observations.columns = observations.columns.map((info) => (info.lent ? { ...infos.get(info.name), ...info } : info))
  return settings
}

/**
 * The columns of a table by their names.
 * @param {TableSettings} table
 */
export function infosOf(table) {
  return new Map(table.columns.map((info) => [info.name, info]))
}

/**
 * How the tables open.
 * @param {Settings} settings
 * @returns {import('../browse/state.js').Openings}
 */
export function openingsOf({ tables }) {
  const opening = (/** @type {TableSettings} */ { columns, shown, sort }) => ({
    kinds: new Map(columns.map(({ name, type }) => [name, kindOf(type)])), shown, sort,
  })
  return /** @type {import('../browse/state.js').Openings} */ (Object.fromEntries(TABLES.map((name) => [name, opening(tables[name])])))
}

/**
 * Unit in which people see the values of a column; sizes carry their own in every cell.
 * @param {ColumnInfo} info
 */
export function unitOf(info) {
  return info.scales?.[0]?.unit ?? (info.unit === 'byte' ? '' : info.unit)
}

/**
 * Label of a column with its unit.
 * @param {ColumnInfo} info
 */
export function titled(info) {
  const unit = unitOf(info)
  return unit ? `${info.label} (${unit})` : info.label
}

/**
 * A value of the file in the unit of a scale.
 * @param {Scale | null | undefined} scale
 * @param {number} value
 */
export function scaled(scale, value) {
  if (!scale) return value
  return scale.inverse ? scale.factor / value : rounded(value * scale.factor)
}

/**
 * The value of the file for one in the unit of a scale.
 * @param {Scale | null | undefined} scale
 * @param {number} value
 */
export function unscaled(scale, value) {
  if (!scale) return value
  return rounded(scale.inverse ? scale.factor / value : value / scale.factor)
}

/**
 * Without the last figures, which a factor that is no power of two makes up.
 * @param {number} value
 */
function rounded(value) {
  return Number(value.toPrecision(13))
}

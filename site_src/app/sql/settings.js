// What portal.pages.sql says about the tables, as JSON inside the page.

/**
 * @typedef {{name: string, type: string, unit: string, description: string}} ColumnSettings
 *
 * @typedef {object} TableSettings
 * @property {string} name
 * @property {string} about
 * @property {number} rows
 * @property {number} bytes of the file
 * @property {string} url relative to the page
 * @property {ColumnSettings[]} columns
 *
 * @typedef {object} Settings
 * @property {TableSettings[]} tables
 * @property {Record<string, string>} stores address of the data of each collection
 */

/** @param {HTMLElement} element @returns {Settings} */
export function readSettings(element) {
  return JSON.parse(element.textContent ?? '')
}

const SQL_TYPES = /** @type {Record<string, string>} */ ({
  string: 'VARCHAR',
  int32: 'INTEGER',
  int64: 'BIGINT',
  float32: 'FLOAT',
  float64: 'DOUBLE',
  bool: 'BOOLEAN',
  'list<string>': 'VARCHAR[]',
  'list<int64>': 'BIGINT[]',
})

/**
 * Type of a column as SQL names it.
 * @param {string} type as the schema names it
 */
export function sqlType(type) {
  return SQL_TYPES[type] ?? 'VARCHAR'
}

/**
 * A name as SQL takes it: as it is where that is one word in small letters, else in quotes.
 * @param {string} name
 */
export function quoted(name) {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

const RESERVED = new Set(
  'all and any array as asc both case cast check column constraint create default desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lambda lateral leading limit not null offset on only or order placing primary qualify references returning select show some summarize table then to trailing true union unique unpivot pivot using variadic when where window with'.split(
    ' ',
  ),
)

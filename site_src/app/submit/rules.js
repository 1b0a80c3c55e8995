// Rows that the author wrote, as rules of a mapping: so every later scan finds the same values.

import { isKnown } from './expressions.js'

/**
 * @typedef {import('./expressions.js').Row} Row
 * @typedef {import('./checks.js').ColumnOf} ColumnOf
 */

/** What the files and the place where they are published say. */
const OF_FILES = ['access_url', 'access_format', 'access_estsize']

/**
 * @param {string} collection
 * @param {Row[]} rows of tables, each about the file in its column path
 * @param {ColumnOf[]} columns
 */
export function rulesOf(collection, rows, columns) {
  const about = rows.map((row) => ({ row, path: text(row['path']).replace(/^\.\//, ''), hdu: (text(row['part']).split('[')[0] ?? '') }))
  // The longest path first: a pattern holds for every path that ends with it.
  const ordered = about
    .filter(({ path }) => path !== '')
    .sort((a, b) => depth(b.path) - depth(a.path) || compare(a.path, b.path) || compare(a.hdu, b.hdu))
  const named = rows.some((row) => isKnown(row['obs_collection'])) ? '' : `[all]\nobs_collection: ${written(collection)}\n`
  return named + ordered.map(({ row, path, hdu }) => section(row, path, hdu, columns)).join('')
}

/** @param {Row} row @param {string} path @param {string} hdu @param {ColumnOf[]} columns */
function section(row, path, hdu, columns) {
  const rules = columns
    .filter(({ name }) => isKnown(row[name]) && !OF_FILES.includes(name))
    .map(({ name, type }) => `${name}:= ${type === 'string' ? written(text(row[name])) : Number(row[name])}\n`)
  if (rules.length === 0) return ''
  // Signs that stand for others in patterns stand for themselves in brackets.
  const pattern = path.replace(/[*?[]/g, '[$&]')
  return `[files ${written(pattern)}${hdu ? `, hdu ${hdu}` : ''}]\n${rules.join('')}`
}

/** A text between the quotation marks of the language. @param {string} value */
function written(value) {
  return `'${value.split(/\s+/).filter(Boolean).join(' ').replaceAll("'", "''")}'`
}

/** @param {unknown} value */
function text(value) {
  return value === null || value === undefined ? '' : String(value)
}

/** @param {string} path */
function depth(path) {
  return path.split('/').length
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

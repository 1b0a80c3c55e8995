// Tables as CSV (RFC 4180): read and written.

import { numberOf } from './expressions.js'

/**
 * @typedef {import('./expressions.js').Row} Row
 */

/**
 * Rows of a table, by the names of the columns in small letters.
 * @param {string} text
 * @returns {{names: string[], rows: Row[]}}
 */
export function readCsv(text) {
  const [head = [], ...body] = lines(text.replace(/^\ufeff/, ''))
  const names = head.map((name) => name.trim())
  const rows = body
    .filter((cells) => cells.some(Boolean))
    .map((cells) => Object.fromEntries(names.map((name, at) => [name.toLowerCase(), (cells[at] ?? '').trim()])))
  return { names, rows }
}

/**
 * Numbers for cells that hold some, but not of columns of text: there 007 is not 7.
 * @param {{names: string[], rows: Row[]}} table
 * @param {{name: string, type: string}[]} columns
 */
export function typed({ names, rows }, columns) {
  const texts = new Set(columns.filter(({ type }) => type === 'string').map(({ name }) => name))
  const made = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, texts.has(name) ? cell : valueOf(cell)])))
  return { names, rows: made }
}

/** @param {Row[string]} cell */
function valueOf(cell) {
  const number = numberOf(cell)
  if (/^[+-]?nan$/i.test(String(cell).trim())) return null
  return Number.isNaN(number) ? cell : number
}

/**
 * @param {string} text
 * @returns {string[][]}
 */
function lines(text) {
  /** @type {string[][]} */
  const found = [[]]
  const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|\r|$)/y
  while (cell.lastIndex <= text.length) {
    const match = cell.exec(text)
    if (!match) break
    const [, said = '', end] = match
    found.at(-1)?.push(said.startsWith('"') ? said.slice(1, -1).replaceAll('""', '"') : said)
    if (end === '') break
    if (end !== ',') found.push([])
  }
  return found.filter((cells) => cells.length > 1 || cells[0])
}

/**
 * @param {string[]} names
 * @param {Record<string, unknown>[]} rows
 */
export function writeCsv(names, rows) {
  const all = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
  return all.map((cells) => `${cells.map(quoted).join(',')}\n`).join('')
}

/** @param {unknown} value */
function quoted(value) {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

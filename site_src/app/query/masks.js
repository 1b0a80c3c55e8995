// Which rows a query selects, from columns in memory. A missing value (NaN, an empty text, an
// empty list) passes no test.

import { compareTexts } from './near.js'

/**
 * @typedef {import('../data/column.js').Column} Column
 * @typedef {import('./parser.js').Operator} Operator
 * @typedef {import('./predicate.js').Predicate} Predicate
 * @typedef {import('./predicate.js').Between} Between
 * @typedef {import('./predicate.js').Cone} Cone
 * @typedef {Exclude<Predicate, {kind: 'all' | 'any' | 'between' | 'cone'}>} Single
 * @typedef {(name: string) => Column} Get
 * @typedef {(row: number) => boolean} RowTest
 */

const RADIAN = Math.PI / 180
/** What the sign of a difference has to be. */
const PASSES = /** @type {Record<Operator, (sign: number) => boolean>} */ ({
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '==': (sign) => sign === 0,
  '!=': (sign) => sign !== 0,
  '>=': (sign) => sign >= 0,
  '>': (sign) => sign > 0,
})

/**
 * Rows that are selected, as 1.
 * @param {Predicate} predicate
 * @param {Get} get
 * @param {number} rows
 * @returns {Uint8Array}
 */
export function mask(predicate, get, rows) {
  if (predicate.kind === 'all' || predicate.kind === 'any') {
    const all = predicate.kind === 'all'
    const joined = new Uint8Array(rows).fill(all ? 1 : 0)
    for (const one of predicate.of) {
      const passed = mask(one, get, rows)
      for (let row = 0; row < rows; row++) if ((passed[row] === 1) !== all) joined[row] = all ? 0 : 1
    }
    return joined
  }
  const found = new Uint8Array(rows)
  const test = rowTest(predicate, get)
  for (let row = 0; row < rows; row++) found[row] = test(row) ? 1 : 0
  return found
}

/**
 * @param {Single | Between | Cone} predicate
 * @param {Get} get
 * @returns {RowTest}
 */
function rowTest(predicate, get) {
  if (predicate.kind === 'between') return between(predicate, get)
  return predicate.kind === 'cone' ? within(predicate, get) : single(predicate, get(predicate.column.name))
}

/**
 * Great-circle distances by the haversine formula, which is exact for small ones.
 * @param {Cone} cone
 * @param {Get} get
 * @returns {RowTest}
 */
function within({ raColumn, decColumn, ra, dec, radius, opposite }, get) {
  const [ras, decs] = [get(raColumn.name).values, get(decColumn.name).values]
  return (row) => {
    // A column in which nothing has a value holds empty texts.
    const [a, d] = [ras[row], decs[row]].map((value) => (typeof value === 'number' ? value : NaN))
    if (!Number.isFinite(a) || !Number.isFinite(d)) return false
    const [north, east] = [(Number(d) - dec) * (RADIAN / 2), (Number(a) - ra) * (RADIAN / 2)]
    const square = Math.sin(north) ** 2 + Math.cos(dec * RADIAN) * Math.cos(Number(d) * RADIAN) * Math.sin(east) ** 2
    const away = (2 * Math.asin(Math.min(Math.sqrt(square), 1))) / RADIAN
    return away <= radius !== opposite
  }
}

/**
 * The test of one row by the value of one column.
 * @param {Single} predicate
 * @param {Column} column
 * @returns {RowTest}
 */
function single(predicate, column) {
  const there = presence(column)
  if (predicate.kind === 'null') return (row) => there(row) === predicate.opposite
  if (predicate.kind === 'test') return compared(predicate.operator, predicate.value, column, there)
  const { opposite } = predicate
  const found = predicate.kind === 'in' ? member(predicate.values, column) : containing(predicate.text, column)
  return (row) => there(row) && found(row) !== opposite
}

/**
 * Whether a row has a value.
 * @param {Column} column
 * @returns {RowTest}
 */
function presence({ kind, values }) {
  if (kind === 'number') return (row) => !Number.isNaN(values[row] ?? NaN)
  return (row) => (values[row]?.length ?? 0) > 0
}

/**
 * @param {Operator} operator
 * @param {string | number | boolean} value
 * @param {Column} column
 * @param {RowTest} there
 * @returns {RowTest}
 */
function compared(operator, value, column, there) {
  const passes = PASSES[operator]
  if (column.kind === 'number') {
    const { values } = column
    const wanted = Number(value)
    return (row) => there(row) && passes(order(/** @type {number} */ (values[row]), wanted))
  }
  const values = /** @type {string[]} */ (column.values)
  const wanted = String(value)
  return (row) => there(row) && passes(compareTexts(values[row] ?? '', wanted))
}

/**
 * @param {number} a
 * @param {number} b
 */
function order(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * @param {Between} test
 * @param {Get} get
 * @returns {RowTest}
 */
function between({ column, operator, other, factor }, get) {
  const passes = PASSES[operator]
  const [left, right] = [get(column.name), get(other.name)]
  const [first, second] = [presence(left), presence(right)]
  if (left.kind === 'number' && right.kind === 'number') {
    const at = (/** @type {number} */ row) =>
      order(/** @type {number} */ (left.values[row]), /** @type {number} */ (right.values[row]) * factor)
    return (row) => first(row) && second(row) && passes(at(row))
  }
  const texts = [left.values, right.values].map((values) => /** @type {string[]} */ (values))
  const at = (/** @type {number} */ row) => compareTexts(texts[0]?.[row] ?? '', texts[1]?.[row] ?? '')
  return (row) => first(row) && second(row) && passes(at(row))
}

/**
 * Whether the value, or an element of it, is one of some.
 * @param {(string | number | boolean)[]} values
 * @param {Column} column
 * @returns {RowTest}
 */
function member(values, column) {
  if (column.kind === 'number') {
    const wanted = new Set(values)
    return (row) => wanted.has(/** @type {number} */ (column.values[row]))
  }
  const wanted = new Set(values.map(String))
  if (column.kind === 'text') return (row) => wanted.has(column.values[row] ?? '')
  return (row) => (column.values[row] ?? []).some((element) => wanted.has(element))
}

/**
 * Whether a text occurs in the value, ignoring the case of ASCII letters.
 * @param {string} text
 * @param {Column} column
 * @returns {RowTest}
 */
function containing(text, column) {
  const plain = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  // Faster than a copy of each value in lower case.
  const pattern = new RegExp(plain.replace(/[A-Za-z]/g, (one) => `[${one.toLowerCase()}${one.toUpperCase()}]`))
  return (row) => pattern.test(String(column.values[row] ?? ''))
}

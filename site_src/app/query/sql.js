// Queries as conditions of SQL that DuckDB understands, as portal.catalog.sql has them.

import { lower } from './lower.js'

/**
 * @typedef {import('./binding.js').ColumnType} ColumnType
 * @typedef {import('./binding.js').Scalar} Scalar
 * @typedef {import('./parser.js').Operator} Operator
 * @typedef {import('./predicate.js').Predicate} Predicate
 * @typedef {import('./predicate.js').Between} Between
 */

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LARGEST_INTEGER = 2 ** 31

/**
 * The condition of a SELECT.
 * @param {Predicate} predicate
 * @returns {string}
 */
export function condition(predicate) {
  switch (predicate.kind) {
    case 'all':
      return predicate.of.map((one) => bracketed(one, 'any')).join(' AND ')
    case 'any':
      return predicate.of.map((one) => bracketed(one, 'all')).join(' OR ')
    case 'null':
      return isNull(predicate.column, predicate.opposite)
    case 'test':
      return test(predicate.column, predicate.operator, predicate.value)
    case 'between':
      return between(predicate)
    case 'cone':
      return within(predicate)
    case 'in':
      return isIn(predicate.column, predicate.values, predicate.opposite)
    case 'contains':
      return contains(identifier(predicate.column.name), predicate.text, predicate.opposite)
  }
}

/**
 * A name between the quotation marks of SQL.
 * @param {string} name
 */
export function identifier(name) {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * A text between the quotation marks of SQL.
 * @param {string} text
 */
export function textLiteral(text) {
  return `'${text.replaceAll("'", "''")}'`
}

/**
 * @param {Predicate} predicate
 * @param {'all' | 'any'} kind
 */
function bracketed(predicate, kind) {
  const text = condition(predicate)
  return predicate.kind === kind ? `(${text})` : text
}

/**
 * All conditions that are not empty, as one.
 * @param {string[]} conditions
 */
function and(...conditions) {
  const given = conditions.filter(Boolean)
  return given.length === 1 ? /** @type {string} */ (given[0]) : `(${given.join(' AND ')})`
}

/** @param {ColumnType} column */
function isFloat({ type }) {
  return type === 'float32' || type === 'float64'
}

/**
 * What a value that is not null passes; '' where all of them are values.
 * @param {ColumnType} column
 */
function there(column) {
  const name = identifier(column.name)
  if (column.type.startsWith('list')) return `len(${name}) > 0`
  if (column.type === 'string') return `${name} <> ''`
  return isFloat(column) ? `NOT isnan(${name})` : ''
}

/**
 * @param {ColumnType} column
 * @param {boolean} opposite
 */
function isNull(column, opposite) {
  const name = identifier(column.name)
  const value = there(column)
  if (opposite) return value || `${name} IS NOT NULL`
  if (!value) return `${name} IS NULL`
  return `(${name} IS NULL OR ${isFloat(column) ? `isnan(${name})` : `NOT (${value})`})`
}

/**
 * @param {ColumnType} column
 * @param {Operator} operator
 * @param {Scalar} value
 */
function test(column, operator, value) {
  const name = identifier(column.name)
  if (typeof value === 'boolean') return value === (operator === '==') ? name : `NOT ${name}`
  if (value === '' && operator === '==') return 'FALSE'
  // NaN is the greatest of all numbers; and where the statistics of a Parquet file say that all
  // numbers pass, DuckDB takes it that NaN does too.
  const sure = column.type === 'string' && (operator === '==' || (value !== '' && (operator === '>' || operator === '>=')))
  const compared = `${name} ${operatorOf(operator)} ${scalar(value, column)}`
  return sure ? compared : and(compared, there(column))
}

/** @param {Between} test */
function between({ column, operator, other, factor }) {
  const right = factor === 1 ? operand(other) : `${operand(other)} * ${double(factor)}`
  return and(`${operand(column)} ${operatorOf(operator)} ${right}`, there(column), there(other))
}

/**
 * The haversine formula; a position that is not known is neither inside nor outside.
 * @param {import('./predicate.js').Cone} cone
 */
function within(cone) {
  const [ra, dec] = [operand(cone.raColumn), operand(cone.decColumn)]
  const east = `pow(sin(radians(${ra} - ${double(cone.ra)}) / 2), 2)`
  const north = `pow(sin(radians(${dec} - ${double(cone.dec)}) / 2), 2)`
  const cosines = `cos(radians(${double(cone.dec)})) * cos(radians(${dec}))`
  const away = `degrees(2 * asin(least(sqrt(${north} + ${cosines} * ${east}), 1)))`
  const test = `${away} ${cone.opposite ? '>' : '<='} ${double(cone.radius)}`
  // A CASE, since DuckDB takes no sine of what is infinite.
  return `CASE WHEN isfinite(${ra}) AND isfinite(${dec}) THEN ${test} ELSE FALSE END`
}

/** @param {Operator} operator */
function operatorOf(operator) {
  if (operator === '==') return '='
  return operator === '!=' ? '<>' : operator
}

/** @param {ColumnType} column */
function operand({ name, type }) {
  const plain = type === 'float64' || type === 'string' || type === 'bool'
  return plain ? identifier(name) : `CAST(${identifier(name)} AS DOUBLE)`
}

/**
 * @param {ColumnType} column
 * @param {Scalar[]} values
 * @param {boolean} opposite
 */
function isIn(column, values, opposite) {
  const name = identifier(column.name)
  const listed = [...new Set(values)].map((value) => scalar(value, column)).join(', ')
  if (column.type.startsWith('list')) {
    const found = `list_has_any(${name}, [${listed}])`
    return opposite ? `(${there(column)} AND NOT ${found})` : found
  }
  if (opposite) return and(`${name} NOT IN (${listed})`, there(column))
  return and(`${name} IN (${listed})`, values.includes('') || isFloat(column) ? there(column) : '')
}

/**
 * @param {string} name
 * @param {string} text
 * @param {boolean} opposite
 */
function contains(name, text, opposite) {
  if (text === '') return opposite ? 'FALSE' : `${name} <> ''`
  // lower() would change letters beyond ASCII too.
  const wanted = textLiteral(lower(text))
  const found = `contains(translate(${name}, '${UPPER}', '${UPPER.toLowerCase()}'), ${wanted})`
  return opposite ? `(${name} <> '' AND NOT ${found})` : found
}

/**
 * @param {Scalar} value
 * @param {ColumnType} column
 */
function scalar(value, column) {
  if (typeof value === 'string') return textLiteral(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  // DuckDB would round an integer to the width of a float32 column.
  const whole = column.type !== 'float32' && Number.isInteger(value) && Math.abs(value) < LARGEST_INTEGER
  return whole ? String(value) : double(value)
}

/**
 * The shortest text that gives the number again, with an exponent: SQL's doubles have one.
 * @param {number} value
 */
function double(value) {
  if (!Number.isFinite(value)) return `CAST('${value < 0 ? '-inf' : 'inf'}' AS DOUBLE)`
  return value.toExponential().replace('e+', 'e')
}

// Whether the words of a query fit the columns of a table, and what is said where not; as
// portal.catalog.binding has it.

import { fail } from './errors.js'
import { near } from './near.js'
import { converted, ratio, understood } from './quantity.js'

/**
 * @typedef {import('./errors.js').Span} Span
 * @typedef {import('./parser.js').Name} Name
 * @typedef {import('./parser.js').Literal} Literal
 * @typedef {import('./parser.js').Operator} Operator
 * @typedef {string | number | boolean} Scalar
 * @typedef {{name: string, type: string, unit: string}} ColumnType  its unit as VOUnits writes it
 * @typedef {Map<string, ColumnType>} Columns
 */

const KINDS = /** @type {Record<string, string>} */ ({ string: 'text', bool: 'true or false' })
const LITERALS = /** @type {Record<string, string>} */ ({ string: 'text', boolean: 'true or false', number: 'numbers' })

/**
 * A column, which has to have an order if the operator asks for one.
 * @param {Name} name
 * @param {Columns} columns
 * @param {Operator} [operator]
 * @param {boolean} [text] whether a text can stand in its place too
 */
export function known({ name, span }, columns, operator = '==', text = false) {
  const column = columns.get(name)
  if (!column) {
    // CO instead of "CO" is the commonest slip.
    const quoted = `"${name}"`
    const offered = [...(text ? [`the text ${quoted}`] : []), ...near(name, [...columns.keys()])]
    return fail(`${name}: unknown column`, span, {
      seen: name,
      expected: offered.join(' or ') || 'the name of a column',
      wayOut: `a text stands in quotation marks: ${quoted}`,
    })
  }
  orderable(column, operator, span)
  return column
}

/**
 * A column of truth values.
 * @param {Name} name
 * @param {Columns} columns
 */
export function flag(name, columns) {
  const column = known(name, columns)
  if (column.type !== 'bool') {
    fail(`${name.name}: cannot stand alone`, name.span, {
      seen: `a column of ${kind(column)}`,
      expected: `a comparison, such as ${example(column)}`,
    })
  }
  return column
}

/**
 * The column in which a text can be looked for.
 * @param {Literal} text
 * @param {Name} name
 * @param {Columns} columns
 */
export function searchable(text, name, columns) {
  if (typeof text.value !== 'string') {
    fail('in: looks for a text', text.span, {
      seen: literalKind(text),
      expected: 'a text in quotation marks, as in "CO" in species',
    })
  }
  const column = known(name, columns)
  if (column.type !== 'string' && column.type !== 'list<string>') {
    fail(`${name.name}: holds no text`, name.span, {
      seen: `a column of ${kind(column)}`,
      expected: 'a column of text or lists of text',
    })
  }
  return column
}

/**
 * Two columns, and the number of the first one's unit in the other's.
 * @param {Name} left
 * @param {Operator} operator
 * @param {Name} right
 * @param {Columns} columns
 */
export function comparable(left, operator, right, columns) {
  const column = known(left, columns)
  const other = known(right, columns, '==', kind(column).includes('text'))
  if (kind(column) !== kind(other) || column.type.startsWith('list')) {
    fail(`${left.name}: cannot be compared with ${right.name}`, right.span, {
      seen: `a column of ${kind(other)}`,
      expected: column.type.startsWith('list') ? 'a value' : `a column of ${kind(column)}`,
    })
  }
  orderable(column, operator, left.span)
  return { column, other, factor: inUnit(1, other.unit, column, right.span) }
}

/**
 * Value of a literal in the unit of the column.
 * @param {Literal} literal
 * @param {ColumnType} column
 * @returns {Scalar}
 */
export function valueIn(literal, column) {
  const wanted = kind(column)
  if (wanted === 'lists of numbers' || literalKind(literal) !== wanted.replace(/^lists of /, '')) {
    fail(`${column.name}: value of another type`, literal.span, {
      seen: literalKind(literal),
      expected: wanted === 'lists of numbers' ? 'a column that can be compared' : wanted,
      wayOut: wanted.includes('text') ? `text stands in quotation marks: ${example(column)}` : '',
    })
  }
  if (!literal.unit || typeof literal.value !== 'number') return literal.value
  return inUnit(literal.value, literal.unit, column, literal.span)
}

/**
 * Value of a literal in degrees, between two others.
 * @param {Literal} literal
 * @param {ColumnType} column
 * @param {number} low
 * @param {number} high
 */
export function angle(literal, column, low, high) {
  const degrees = Number(valueIn(literal, column))
  if (degrees >= low && degrees <= high) return degrees
  return fail('cone: no such angle', literal.span, {
    seen: `${general(degrees)} degrees`,
    expected: `${low} to ${high} degrees`,
  })
}

/**
 * A number in six digits, as Python's format g has it.
 * @param {number} value
 */
function general(value) {
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const power = Number(value.toExponential(5).split('e')[1])
  if (power >= -4 && power < 6) return String(Number(value.toPrecision(6)))
  const [digits = '', exponent = ''] = value.toExponential(5).split('e')
  return `${Number(digits)}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}

/**
 * @param {ColumnType} column
 * @param {Operator} operator
 * @param {Span} span
 */
function orderable(column, operator, span) {
  if (operator === '==' || operator === '!=') return
  if (column.type !== 'bool' && !column.type.startsWith('list')) return
  fail(`${column.name}: has no order`, span, {
    seen: operator,
    expected: column.type === 'bool' ? '== or !=' : '== or != or in',
  })
}

/**
 * @param {number} value
 * @param {string} unit
 * @param {ColumnType} column
 * @param {Span} span
 */
function inUnit(value, unit, column, span) {
  const by = ratio(unit, column.unit)
  if (by) return converted(value, by)
  let what = 'unit of another dimension'
  if (!understood(unit)) what = 'unknown unit'
  else if (!understood(column.unit)) what = 'its unit cannot be converted'
  return fail(`${column.name}: ${what}`, span, {
    seen: `'${Array.from(unit).slice(0, 40).join('')}'`,
    expected: column.unit ? `a unit such as ${column.unit}` : 'a number without a unit',
  })
}

/** @param {ColumnType} column */
function kind({ type }) {
  if (type.startsWith('list')) return type.includes('string') ? 'lists of text' : 'lists of numbers'
  return KINDS[type] ?? 'numbers'
}

/** @param {Literal} literal */
function literalKind({ value }) {
  return LITERALS[typeof value] ?? ''
}

/** @param {ColumnType} column */
function example({ name, type, unit }) {
  return type.includes('string') ? `${name} == "value"` : `${name} > 1 ${unit}`.trimEnd()
}

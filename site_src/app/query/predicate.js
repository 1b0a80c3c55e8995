// The meaning of a query, as portal.catalog.predicate has it: names are columns, numbers have
// the columns' units, and there is no negation any more: `not` has become the opposite test,
// which a missing value does not pass either.

import { angle, comparable, flag, known, searchable, valueIn } from './binding.js'
import { fail } from './errors.js'

/**
 * @typedef {import('./binding.js').ColumnType} ColumnType
 * @typedef {import('./binding.js').Columns} Columns
 * @typedef {import('./binding.js').Scalar} Scalar
 * @typedef {import('./parser.js').Node} Node
 * @typedef {import('./parser.js').Name} Name
 * @typedef {import('./parser.js').Literal} Literal
 * @typedef {import('./parser.js').Operator} Operator
 * @typedef {{kind: 'test', column: ColumnType, operator: Operator, value: Scalar}} Test
 * @typedef {{kind: 'between', column: ColumnType, operator: Operator, other: ColumnType, factor: number}} Between
 * @typedef {{kind: 'in', column: ColumnType, values: Scalar[], opposite: boolean}} IsIn
 * @typedef {{kind: 'contains', column: ColumnType, text: string, opposite: boolean}} Contains
 * @typedef {{kind: 'cone', raColumn: ColumnType, decColumn: ColumnType, ra: number, dec: number, radius: number, opposite: boolean}} Cone  angles in degrees
 * @typedef {{kind: 'null', column: ColumnType, opposite: boolean}} IsNull
 * @typedef {{kind: 'all', of: Predicate[]}} All
 * @typedef {{kind: 'any', of: Predicate[]}} Any
 * @typedef {Test | Between | IsIn | Contains | Cone | IsNull | All | Any} Predicate
 */

const MIRRORED = /** @type {const} */ ({ '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' })
const OPPOSITE = /** @type {const} */ ({ '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' })

/**
 * What a tree, or its opposite, says about columns.
 * @param {Node} node
 * @param {Columns} columns
 * @param {boolean} [opposite]
 * @returns {Predicate}
 * @throws {import('./errors.js').QueryError} if a column is unknown, or a value of another type or dimension
 */
export function bind(node, columns, opposite = false) {
  switch (node.kind) {
    case 'all':
    case 'any': {
      const of = node.nodes.map((one) => bind(one, columns, opposite))
      return { kind: opposite === (node.kind === 'all') ? 'any' : 'all', of }
    }
    case 'not':
      return bind(node.node, columns, !opposite)
    case 'null':
      return { kind: 'null', column: known(node.name, columns), opposite }
    case 'member': {
      const column = known(node.name, columns)
      return { kind: 'in', column, values: node.values.map((value) => valueIn(value, column)), opposite }
    }
    case 'contain': {
      const column = searchable(node.text, node.name, columns)
      const text = String(node.text.value)
      if (column.type !== 'string') return { kind: 'in', column, values: [text], opposite }
      return { kind: 'contains', column, text, opposite }
    }
    case 'cone':
      return cone(node, columns, opposite)
    case 'compare':
      return comparison(node.left, opposite ? OPPOSITE[node.operator] : node.operator, node.right, columns)
    case 'name':
      return { kind: 'test', column: flag(node, columns), operator: '==', value: !opposite }
  }
}

/**
 * Names of the columns that a predicate needs.
 * @param {Predicate} predicate
 * @returns {Set<string>}
 */
export function columnsUsed(predicate) {
  if (predicate.kind === 'all' || predicate.kind === 'any') {
    return new Set(predicate.of.flatMap((one) => [...columnsUsed(one)]))
  }
  if (predicate.kind === 'cone') return new Set([predicate.raColumn.name, predicate.decColumn.name])
  if (predicate.kind === 'between') return new Set([predicate.column.name, predicate.other.name])
  return new Set([predicate.column.name])
}

/**
 * @param {import('./parser.js').Cone} node
 * @param {Columns} columns
 * @param {boolean} opposite
 * @returns {Cone}
 */
function cone({ name, ra, dec, radius }, columns, opposite) {
  const raColumn = known({ ...name, name: 's_ra' }, columns)
  const decColumn = known({ ...name, name: 's_dec' }, columns)
  return {
    kind: 'cone', raColumn, decColumn, opposite,
    ra: angle(ra, raColumn, -360, 360),
    dec: angle(dec, decColumn, -90, 90),
    radius: angle(radius, decColumn, 0, 180),
  }
}

/**
 * @param {Name | Literal} left
 * @param {Operator} operator
 * @param {Name | Literal} right
 * @param {Columns} columns
 * @returns {Predicate}
 */
function comparison(left, operator, right, columns) {
  if (left.kind === 'name' && right.kind === 'name') {
    return { kind: 'between', operator, ...comparable(left, operator, right, columns) }
  }
  if (left.kind === 'name') return test(left, operator, /** @type {Literal} */ (right), columns)
  if (right.kind === 'name') return test(right, MIRRORED[operator], left, columns)
  const span = { text: left.span.text, start: left.span.start, end: right.span.end }
  return fail('comparison: has no column', span, { seen: 'two values', expected: 'a column and a value' })
}

/**
 * @param {Name} name
 * @param {Operator} operator
 * @param {Literal} literal
 * @param {Columns} columns
 * @returns {Predicate}
 */
function test(name, operator, literal, columns) {
  const column = known(name, columns, operator)
  const value = valueIn(literal, column)
  if (column.type.startsWith('list')) return { kind: 'in', column, values: [value], opposite: operator === '!=' }
  return { kind: 'test', column, operator, value }
}

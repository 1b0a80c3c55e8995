// Expressions of checks, as portal.obscore.described writes them: [operator, ...arguments].

/**
 * @typedef {string | number | Expression[]} Expression
 * @typedef {Record<string, string | number | null | undefined>} Row
 *
 * @typedef {object} Words what expressions may look up
 * @property {Record<string, RegExp>} patterns
 * @property {Record<string, Set<string>>} vocabularies
 * @property {RegExp} control characters that move the cursor
 *
 * @typedef {object} Scope
 * @property {Row} row
 * @property {Row[]} rows all of the table
 * @property {number} at number of the row
 * @property {Set<string>} names columns that the table has
 * @property {Words} words
 */

/** @type {Record<string, (a: any, b: any) => unknown>} */
const OPERATORS = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  max: Math.max,
  fmax: (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b)),
  abs: Math.abs,
  neg: (a) => -a,
  not: (a) => !a,
}

/** Functions of a column, given by its name. @type {Record<string, (name: string, scope: Scope, word: string) => unknown>} */
const OF_COLUMNS = {
  column: (name, { row }) => numberOf(row[name]),
  known: (name, { row }) => isKnown(row[name]),
  present: (name, { names }) => names.has(name),
  infinite: (name, { row }) => Math.abs(numberOf(row[name])) === Infinity,
  anywhere: (name, { rows }) => rows.some((row) => isKnown(row[name])),
  largest: (name, { rows }) => rows.reduce((most, row) => Math.max(most, numberOf(row[name]) || 0), 0),
  repeated: (name, { row, rows, at }) => isKnown(row[name]) && rows.findIndex((other) => other[name] === row[name]) < at,
  equals: (name, { row }, word) => textOf(row[name]) === word,
  among: (name, { row, words }, word) => words.vocabularies[word]?.has(textOf(row[name])),
  matches: (name, { row, words }, word) => words.patterns[word]?.test(textOf(row[name])),
  blanks: (name, { row, words }) => textOf(row[name]) !== textOf(row[name]).trim() || words.control.test(textOf(row[name])),
  states: (name, { row }) => (isKnown(row[name]) ? textOf(row[name]).split('/').filter(Boolean).length : NaN),
}

/**
 * Whether there is a value.
 * @param {unknown} value
 */
export function isKnown(value) {
  return value !== null && value !== undefined && value !== '' && !Number.isNaN(value)
}

/**
 * @param {Expression} expression
 * @param {Scope} scope
 * @returns {any}
 */
export function evaluate(expression, scope) {
  if (!Array.isArray(expression)) return expression
  const [name, ...parts] = /** @type {[string, ...Expression[]]} */ (expression)
  if (name === 'and') return parts.every((part) => evaluate(part, scope))
  if (name === 'or') return parts.some((part) => evaluate(part, scope))
  const ofColumn = OF_COLUMNS[name]
  if (ofColumn) return ofColumn(columnOf(parts[0]), lowered(parts[0], scope), String(parts[1] ?? ''))
  const operator = OPERATORS[name]
  if (!operator) throw new Error(`no operator ${name} in expressions of checks`)
  return operator(evaluate(parts[0] ?? NaN, scope), evaluate(parts[1] ?? NaN, scope))
}

/**
 * The name of the column in ['column', name] or ['lower', ['column', name]].
 * @param {Expression | undefined} part
 * @returns {string}
 */
function columnOf(part) {
  const inner = Array.isArray(part) ? part[1] : part
  return Array.isArray(inner) ? String(inner[1]) : String(inner)
}

/**
 * The scope, its value in small letters and without blanks where ['lower', …] asks for that.
 * @param {Expression | undefined} part
 * @param {Scope} scope
 */
function lowered(part, scope) {
  if (!Array.isArray(part) || part[0] !== 'lower') return scope
  const name = columnOf(part)
  return { ...scope, row: { ...scope.row, [name]: textOf(scope.row[name]).trim().toLowerCase() } }
}

/** @param {unknown} value */
function textOf(value) {
  return value === null || value === undefined ? '' : String(value)
}

/**
 * A number; NaN for what is none, as for text with more than a number in it.
 * @param {unknown} value
 */
function numberOf(value) {
  if (typeof value === 'number') return value
  const text = textOf(value).trim()
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN
}

// Expressions of checks, as portal.obscore.described writes them: [operator, ...arguments].

import { inAir } from './air.js'
import { extentOf, isCrossed } from './footprints.js'
import { parseRegion } from './regions.js'

/**
 * @typedef {string | number | Expression[]} Expression
 * @typedef {Record<string, string | number | null | undefined>} Row
 *
 * @typedef {object} Words what expressions may look up
 * @property {Record<string, RegExp>} patterns
 * @property {Record<string, Set<string>>} vocabularies
 * @property {RegExp} control characters that move the cursor
 * @property {import('./air.js').Air} air
 * @property {import('./footprints.js').Limits & {frames: string[]}} footprints
 * @property {import('./regions.js').RegionWords} regions
 *
 * @typedef {object} Scope
 * @property {Row} row
 * @property {Row[]} rows all of the table
 * @property {number} at number of the row
 * @property {Set<string>} names columns that the table has
 * @property {Words} words
 * @property {Map<string, any>} made what was made of all rows, or of one, at its first use
 * @property {(name: string) => string} xtype of a column
 */

/** MJD of the first second of POSIX. */
const EPOCH = 40587

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
  largest: (name, scope) => once(scope, `largest ${name}`, () => scope.rows.reduce((most, row) => Math.max(most, numberOf(row[name]) || 0), 0)),
  repeated: (name, scope) => isKnown(scope.row[name]) && Number(once(scope, `first ${name}`, () => firstOf(scope.rows, name)).get(textOf(scope.row[name]))) < scope.at,
  equals: (name, { row }, word) => textOf(row[name]) === word,
  among: (name, { row, words }, word) => words.vocabularies[word]?.has(textOf(row[name])),
  matches: (name, { row, words }, word) => words.patterns[word]?.test(textOf(row[name])),
  blanks: (name, { row, words }) => textOf(row[name]) !== textOf(row[name]).trim() || words.control.test(textOf(row[name])),
  states: (name, { row }) => (isKnown(row[name]) ? textOf(row[name]).split('/').filter(Boolean).length : NaN),
  ahead: (name, { row }) => numberOf(row[name]) - (EPOCH + Date.now() / 86_400_000),
  ucd: (name, { row, words }) => isUcd(textOf(row[name]), words.vocabularies),
  in_air: (_, scope) => once(scope, 'air', () => inAir(scope.rows.map(bandOf), scope.words.air))[scope.at],
  shaped: (name, scope) => regionOf(name, scope) !== null,
  foreign: (name, scope) => !scope.words.footprints.frames.includes(regionOf(name, scope)?.frame ?? 'icrs'),
  crossed: (name, scope) => {
    const region = regionOf(name, scope)
    return region !== null && isCrossed(region, scope.words.footprints)
  },
  gap: (name, scope) => lying(name, scope).gap,
  size: (name, scope) => lying(name, scope).size,
  reach: (name, scope) => lying(name, scope).reach,
}

/**
 * @template T
 * @param {Scope} scope
 * @param {string} key
 * @param {() => T} make
 * @returns {T}
 */
function once({ made }, key, make) {
  if (!made.has(key)) made.set(key, make())
  return made.get(key)
}

/** The first row with each text. @param {Row[]} rows @param {string} name */
function firstOf(rows, name) {
  return new Map(rows.map((row, at) => /** @type {[string, number]} */ ([textOf(row[name]), at])).reverse())
}

/**
 * Whether all words are those of UCD1+, each where it may stand.
 * @param {string} text
 * @param {Record<string, Set<string>>} vocabularies
 */
function isUcd(text, vocabularies) {
  return text.split(';').every((word, at) => ['ucd', at === 0 ? 'ucd_first' : 'ucd_later'].some((list) => vocabularies[list]?.has(word.toLowerCase())))
}

/** @param {Row} row @returns {import('./air.js').Band} */
function bandOf(row) {
  return { group: textOf(row['obs_id']), low: numberOf(row['em_min']), high: numberOf(row['em_max']) }
}

/** @param {string} name @param {Scope} scope */
function regionOf(name, scope) {
  return once(scope, `region ${scope.at} ${name}`, () => parseRegion(textOf(scope.row[name]), scope.words.regions, scope.xtype(name)))
}

/** How a footprint lies about the position of its row; zeros where nobody can tell. @param {string} name @param {Scope} scope */
function lying(name, scope) {
  return once(scope, `extent ${scope.at} ${name}`, () => {
    const [ra, dec] = [numberOf(scope.row['s_ra']), numberOf(scope.row['s_dec'])]
    const region = regionOf(name, scope)
    const possible = ra >= 0 && ra < 360 && Math.abs(dec) <= 90
    return region && !region.others && possible ? extentOf(region, [ra, dec]) : { gap: 0, size: 0, reach: 0 }
  })
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
export function numberOf(value) {
  if (typeof value === 'number') return value
  const text = textOf(value).trim()
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN
}

// The linter: checks that are data, tried on rows.

import { evaluate, isKnown } from './expressions.js'

/**
 * @typedef {import('./expressions.js').Row} Row
 * @typedef {import('./expressions.js').Expression} Expression
 *
 * @typedef {object} Check
 * @property {string} code
 * @property {string} column
 * @property {'error' | 'warning'} severity
 * @property {Expression} wrong
 * @property {string} expected
 * @property {string} way_out
 * @property {string} also another column whose value is told, or ''
 *
 * @typedef {{name: string, type: string, unit: string, description: string}} ColumnOf
 *
 * @typedef {object} Described what portal.obscore.described says
 * @property {Check[]} checks
 * @property {ColumnOf[]} columns
 * @property {string} control
 * @property {import('./complete.js').Complete} complete
 * @property {Record<string, [string, string]>} patterns each with its flags
 * @property {Record<string, string>} versions of the portal and of its tables
 * @property {import('./words.js').Words} words what headers are read with
 * @property {Record<string, string[]>} vocabularies
 *
 * @typedef {object} Finding
 * @property {'error' | 'warning' | 'note'} severity a note is about what only the command can know
 * @property {string} code
 * @property {string} column
 * @property {number | null} row
 * @property {string} seen
 * @property {string} expected
 * @property {string} way_out
 */

export class Linter {
  #described
  #words

  /** @param {Described} described */
  constructor(described) {
    this.#described = described
    const { patterns, vocabularies, control } = described
    this.#words = {
      patterns: Object.fromEntries(Object.entries(patterns).map(([name, [text, flags]]) => [name, new RegExp(text, flags)])),
      vocabularies: Object.fromEntries(Object.entries(vocabularies).map(([name, words]) => [name, new Set(words)])),
      control: new RegExp(control),
    }
  }

  /**
   * All findings, errors first.
   * @param {Row[]} rows
   * @param {string[]} names of the columns that the table has, as it writes them
   * @returns {Finding[]}
   */
  findings(rows, names) {
    const found = [...this.#ofColumns(names), ...this.#ofRows(rows, new Set(names.map((name) => name.toLowerCase())))]
    return sorted(found)
  }

  /** @param {string[]} names @returns {Iterable<Finding>} */
  *#ofColumns(names) {
    const lower = names.map((name) => name.toLowerCase())
    for (const { name, type } of this.#described.columns) {
      const count = lower.filter((one) => one === name).length
      const about = { column: name, row: null }
      if (count === 0) {
        yield { ...about, severity: 'error', code: 'missing-column', seen: 'no such column', expected: `a column ${name} (${WORDS[type] ?? type})`, way_out: 'add it; it may be empty where nothing is known' }
      } else if (names[lower.lastIndexOf(name)] !== name) {
        yield { ...about, severity: 'warning', code: 'name-case', seen: names[lower.lastIndexOf(name)] ?? '', expected: name, way_out: 'write names of columns in lower case' }
      }
      if (count > 1) {
        yield { ...about, severity: 'error', code: 'column-twice', seen: `${count} columns of that name`, expected: 'each name once, whatever its case', way_out: 'rename or remove all but one' }
      }
    }
  }

  /**
   * @param {Row[]} rows
   * @param {Set<string>} names
   * @returns {Iterable<Finding>}
   */
  *#ofRows(rows, names) {
    for (const { wrong, also, ...check } of this.#described.checks) {
      for (const [at, row] of rows.entries()) {
        if (!evaluate(wrong, { row, rows, at, names, words: this.#words })) continue
        const seen = shown(row[check.column]) + (also ? ` with ${also} ${shown(row[also])}` : '')
        yield { ...check, row: at, seen }
      }
    }
  }
}

/**
 * Findings, errors first and notes last.
 * @param {Finding[]} findings
 */
export function sorted(findings) {
  const order = ['error', 'warning', 'note']
  return findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || (a.row ?? -1) - (b.row ?? -1) || compare(a.code, b.code))
}

const WORDS = /** @type {Record<string, string>} */ ({ string: 'text', int32: 'whole numbers', int64: 'whole numbers', float64: 'numbers' })

/** @param {unknown} value */
function shown(value) {
  return isKnown(value) ? String(value).slice(0, 80) : 'none'
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

// The linter: checks that are data, tried on rows.

import { columnFindings } from './columns.js'
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
 * @typedef {import('./columns.js').Standard & {description: string}} ColumnOf
 *
 * @typedef {object} Described what portal.obscore.described says
 * @property {Check[]} checks
 * @property {ColumnOf[]} columns
 * @property {import('./expressions.js').Words['air']} air
 * @property {string} control
 * @property {import('./complete.js').Complete} complete
 * @property {import('./expressions.js').Words['footprints']} footprints
 * @property {Record<string, [string, string]>} patterns each with its flags
 * @property {import('./regions.js').RegionWords} regions
 * @property {import('./columns.js').Columns} table
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
  /** @type {import('./expressions.js').Words} */
  #words

  /** @param {Described} described */
  constructor(described) {
    this.#described = described
    const { air, control, footprints, patterns, regions, vocabularies } = described
    this.#words = {
      air,
      footprints,
      regions,
      patterns: Object.fromEntries(Object.entries(patterns).map(([name, [text, flags]]) => [name, new RegExp(text, flags)])),
      vocabularies: Object.fromEntries(Object.entries(vocabularies).map(([name, words]) => [name, new Set(words)])),
      control: new RegExp(control),
    }
  }

  /**
   * All findings, errors first.
   * @param {import('./columns.js').Table} table
   * @returns {Finding[]}
   */
  findings(table) {
    return sorted([...columnFindings(table, this.#described.columns, this.#described.table), ...this.#ofRows(table)])
  }

  /** @param {import('./columns.js').Table} table @returns {Iterable<Finding>} */
  *#ofRows({ rows, names, said }) {
    const held = { rows, names: new Set(names.map((name) => name.toLowerCase())), words: this.#words, made: new Map() }
    const xtype = (/** @type {string} */ name) => said?.[name]?.xtype ?? ''
    for (const { wrong, also, ...check } of this.#described.checks) {
      for (const [at, row] of rows.entries()) {
        if (!evaluate(wrong, { ...held, row, at, xtype })) continue
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

/** @param {unknown} value */
function shown(value) {
  return isKnown(value) ? String(value).slice(0, 80) : 'none'
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

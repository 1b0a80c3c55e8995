// Searches over several columns: what they need, and which rows they reject.

import { lower } from '../query/lower.js'
import { coneOf } from './cone.js'
import { nearby, numberOf } from './position.js'
import { bandOf, timeOf } from './spans.js'

/**
 * @typedef {import('../data/column.js').Column} Column
 * @typedef {'position' | 'band' | 'time' | 'identifier'} Of
 * @typedef {{kind: 'search', of: Of, text: string}} SearchFilter
 * @typedef {(name: string) => Column} Columns
 */

/** @type {readonly Of[]} */
export const SEARCHES = ['position', 'band', 'time', 'identifier']
/** What a search cannot do without; and what it uses where it is there. */
const NEEDS = /** @type {Record<Of, {must: string[], may: string[]}>} */ ({
  position: { must: ['s_ra', 's_dec'], may: ['s_region', 'target_name'] },
  band: { must: ['em_min', 'em_max'], may: [] },
  time: { must: ['t_min', 't_max'], may: [] },
  identifier: { must: ['obs_publisher_did'], may: ['obs_id', 'path'] },
})

/** Name of a search among the filters. @param {Of} of */
export function nameOf(of) {
  return `(${of})`
}

/** @param {Of} of */
export function columnsOf(of) {
  return [...NEEDS[of].must, ...NEEDS[of].may]
}

/**
 * Whether a table has what a search needs.
 * @param {Of} of
 * @param {{has: (name: string) => boolean}} columns
 */
export function searchable(of, columns) {
  return NEEDS[of].must.some((name) => columns.has(name))
}

/**
 * The search that a text asks for; null where it is not understood.
 * @param {Of} of
 * @param {string} text
 * @returns {SearchFilter | null}
 */
export function searchOf(of, text) {
  const plain = text.trim()
  const means = { position: coneOf, band: bandOf, time: timeOf, identifier: (/** @type {string} */ given) => itemsOf(given)[0] }
  return plain && means[of](plain) ? { kind: 'search', of, text: plain } : null
}

/** Identifiers of a list with any separators. @param {string} text */
export function itemsOf(text) {
  return text.split(/[\s,;|"'`]+/).filter(Boolean)
}

/**
 * Rows that a search rejects, as 1.
 * @param {SearchFilter} filter
 * @param {Columns} column
 * @param {number} rows
 */
export function searchFails({ of, text }, column, rows) {
  const tests = { position: nearby, band: (/** @type {string} */ t, /** @type {Columns} */ c) => overlaps(bandOf(t), 'em', c), time: (/** @type {string} */ t, /** @type {Columns} */ c) => overlaps(timeOf(t), 't', c), identifier: identified }
  const test = tests[of](text, column)
  return Uint8Array.from({ length: rows }, (_, row) => (test(row) ? 0 : 1))
}

/**
 * An overlap as an expression of the query language; null for a search that it cannot say
 * without the rows.
 * @param {SearchFilter} filter
 */
export function searchInWords({ of, text }) {
  const span = of === 'band' ? bandOf(text) : of === 'time' ? timeOf(text) : null
  if (!span) return null
  const [low, high] = of === 'band' ? ['em_min', 'em_max'] : ['t_min', 't_max']
  const ends = [
    ...(span.min > -Infinity ? [`(${high} >= ${span.min} or ${high} is null and ${low} >= ${span.min})`] : []),
    ...(span.max < Infinity ? [`(${low} <= ${span.max} or ${low} is null and ${high} <= ${span.max})`] : []),
  ]
  return ends.join(' and ')
}

/** @param {import('./spans.js').Span | null} span @param {'em' | 't'} of @param {Columns} column */
function overlaps(span, of, column) {
  const [lows, highs] = [column(`${of}_min`).values, column(`${of}_max`).values]
  return (/** @type {number} */ row) => {
    const [low, high] = [numberOf(lows[row]), numberOf(highs[row])]
    // One end alone is a moment, or a line.
    return span !== null && (Number.isNaN(high) ? low : high) >= span.min && (Number.isNaN(low) ? high : low) <= span.max
  }
}

/** @param {string} text @param {Columns} column */
function identified(text, column) {
  const items = itemsOf(text).map(lower)
  const names = ['obs_id', 'obs_publisher_did', 'path'].map((name) => column(name).values)
  const said = (/** @type {number} */ row) => names.map((values) => lower(String(values[row] ?? '')))
  if (items.length === 1) return (/** @type {number} */ row) => said(row).some((value) => value.includes(items[0] ?? ''))
  const wanted = new Set(items)
  return (/** @type {number} */ row) => said(row).some((value) => wanted.has(value) || wanted.has(value.replace(/^.*\//, '')))
}

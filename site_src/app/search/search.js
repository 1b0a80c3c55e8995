// Searches over several columns: what they need, and which rows they reject.

import { lower } from '../query/lower.js'
import { coneOf, keyOf } from './cone.js'
import { between, distance, regionsOf, vector } from './sphere.js'
import { bandOf, timeOf } from './spans.js'

/**
 * @typedef {import('../data/column.js').Column} Column
 * @typedef {'position' | 'band' | 'time' | 'identifier'} Of
 * @typedef {{kind: 'search', of: Of, text: string}} SearchFilter
 * @typedef {(name: string) => Column} Columns
 * @typedef {import('./sphere.js').Vector} Vector
 */

/** @type {readonly Of[]} */
export const SEARCHES = ['position', 'band', 'time', 'identifier']
const RADIAN = Math.PI / 180
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
  const tests = { position: near, band: (/** @type {string} */ t, /** @type {Columns} */ c) => overlaps(bandOf(t), 'em', c), time: (/** @type {string} */ t, /** @type {Columns} */ c) => overlaps(timeOf(t), 't', c), identifier: identified }
  const test = tests[of](text, column)
  return Uint8Array.from({ length: rows }, (_, row) => (test(row) ? 0 : 1))
}

/**
 * An overlap as an expression of the query language; null for a search that it cannot say.
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

/** A column in which nothing has a value holds empty texts. @param {unknown} value */
function numberOf(value) {
  return typeof value === 'number' ? value : NaN
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

/** @param {string} text @param {Columns} column */
function near(text, column) {
  const cone = coneOf(text)
  const [ras, decs, regions, targets] = columnsOf('position').map((name) => column(name).values)
  const place = (/** @type {number} */ row) => {
    const [ra, dec] = [numberOf(ras?.[row]), numberOf(decs?.[row])]
    return Number.isFinite(ra) && Number.isFinite(dec) ? vector(ra, dec) : null
  }
  const wanted = cone && !cone.at ? keyOf(cone.target) : ''
  const called = (/** @type {number} */ row) => wanted !== '' && keyOf(String(targets?.[row] ?? '')) === wanted
  const from = cone?.at ? [vector(cone.at.ra, cone.at.dec)] : placesOf(called, place, ras?.length ?? 0)
  const radius = (cone?.radius ?? 0) * RADIAN
  return (/** @type {number} */ row) => {
    if (called(row)) return true
    const at = place(row)
    if (at && from.some((one) => between(one, at) <= radius)) return true
    const outlines = from.length > 0 ? regionsOf(String(regions?.[row] ?? '')) : []
    return outlines.some((outline) => from.some((one) => distance(one, outline) <= radius))
  }
}

/**
 * Places of a target, each once: products of one target name almost the same.
 * @param {(row: number) => boolean} called
 * @param {(row: number) => Vector | null} place
 * @param {number} rows
 */
function placesOf(called, place, rows) {
  /** @type {Map<string, Vector>} */
  const found = new Map()
  for (let row = 0; row < rows; row++) {
    const at = called(row) ? place(row) : null
    if (at) found.set(at.map((part) => part.toFixed(5)).join(), at)
  }
  return [...found.values()]
}

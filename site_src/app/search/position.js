// Searches by position: which rows are near a place or a target, and that in words.

import { coneOf, keyOf } from './cone.js'
import { between, coordinates, distance, regionsOf, vector } from './sphere.js'

/**
 * @typedef {import('../data/column.js').Column} Column
 * @typedef {(name: string) => Column} Columns
 * @typedef {import('./sphere.js').Vector} Vector
 * @typedef {{rows: number, column: Columns, load: (names: string[]) => Promise<unknown>}} Catalogue
 *
 * @typedef {object} Wanted what a text asks for, in the rows of a table
 * @property {Vector[]} from places around which it looks
 * @property {number} radius in radians
 * @property {(row: number) => Vector | null} place
 * @property {(row: number) => boolean} called whether a row is of the target
 */

const RADIAN = Math.PI / 180
const COLUMNS = ['s_ra', 's_dec', 's_region', 'target_name']
/** Cones, and rows beside them, that an expression names. */
const MOST = 50

/** A column in which nothing has a value holds empty texts. @param {unknown} value */
export function numberOf(value) {
  return typeof value === 'number' ? value : NaN
}

/**
 * Whether a row is near: its place, its footprint, or its target by name.
 * @param {string} text
 * @param {Columns} column
 * @returns {(row: number) => boolean}
 */
export function nearby(text, column) {
  const { from, radius, place, called } = wantedOf(text, column)
  const regions = column('s_region').values
  return (row) => {
    if (called(row) || isInside(place(row), from, radius)) return true
    const outlines = from.length > 0 ? regionsOf(String(regions[row] ?? '')) : []
    return outlines.some((outline) => from.some((one) => distance(one, outline) <= radius))
  }
}

/**
 * The rows of a search as an expression: cones, and the rows that are found by their footprint
 * or their name alone; null where those are too many to name.
 * @param {string} text
 * @param {Catalogue} catalogue
 */
export async function positionInWords(text, catalogue) {
  await catalogue.load([...COLUMNS, 'obs_publisher_did'])
  const column = (/** @type {string} */ name) => catalogue.column(name)
  const { from, radius, place } = wantedOf(text, column)
  const test = nearby(text, column)
  const others = Array.from({ length: catalogue.rows }, (_, row) => row).filter((row) => test(row) && !isInside(place(row), from, radius))
  const names = others.map((row) => String(column('obs_publisher_did').values[row] ?? ''))
  if (from.length > MOST || names.length > MOST || names.includes('')) return null
  const size = coneOf(text)?.radius ?? 0
  const cones = from.map((at) => `cone(${[...coordinates(at), size].map((one) => Number(one.toFixed(10))).join(', ')})`)
  const listed = names.length > 0 ? [`obs_publisher_did in (${names.map((name) => JSON.stringify(name)).join(', ')})`] : []
  const parts = [...cones, ...listed]
  if (parts.length === 0) return 'obs_id is null and obs_id is not null'
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' or ')})`
}

/** @param {Vector | null} at @param {Vector[]} from @param {number} radius */
function isInside(at, from, radius) {
  return at !== null && from.some((one) => between(one, at) <= radius)
}

/** @param {string} text @param {Columns} column @returns {Wanted} */
function wantedOf(text, column) {
  const cone = coneOf(text)
  const [ras, decs, , targets] = COLUMNS.map((name) => column(name).values)
  const place = (/** @type {number} */ row) => {
    const [ra, dec] = [numberOf(ras?.[row]), numberOf(decs?.[row])]
    return Number.isFinite(ra) && Number.isFinite(dec) ? vector(ra, dec) : null
  }
  const wanted = cone && !cone.at ? keyOf(cone.target) : ''
  const called = (/** @type {number} */ row) => wanted !== '' && keyOf(String(targets?.[row] ?? '')) === wanted
  const from = cone?.at ? [vector(cone.at.ra, cone.at.dec)] : placesOf(called, place, ras?.length ?? 0)
  return { from, radius: (cone?.radius ?? 0) * RADIAN, place, called }
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

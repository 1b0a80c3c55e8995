// The outline of an image on the sky: s_region and s_fov.

import { againstTheClock, cross, direction, dot, length, mean, minus, place, radiusOf, smallestCap, times } from './sphere.js'

/**
 * @typedef {import('./sphere.js').Vector} Vector
 * @typedef {(x: number, y: number) => [number, number] | null} ToSky from pixels, counted from 1, to ICRS [deg]
 */

/** Points along each edge of an image whose edges are bent. */
const STEPS = 8
/** Part of the shorter edge by which an edge may bend before it is followed. */
const BENT = 0.01
/** Radius [deg] above which a polygon is ambiguous. */
const WIDEST = 80
const GRID = 9

/**
 * The outline of an image of so many columns and rows; null where no pixel is on the sky.
 * @param {ToSky} sky
 * @param {number} columns
 * @param {number} rows
 * @returns {{region: string, field: number} | null} STC-S, and the diameter [deg] of the smallest circle about it
 */
export function outline(sky, columns, rows) {
  const edge = edgeOf(sky, columns, rows)
  const inside = insideOf(sky, columns, rows)
  const whole = edge.filter((one) => one !== null)
  const known = [...whole, ...inside]
  if (known.length === 0) return null
  if (length(mean(known)) < 0.2) return { region: 'CIRCLE ICRS 0 0 180', field: 360 }
  const cap = smallestCap(known)
  const field = 2 * radiusOf(cap)
  if (whole.length < edge.length || radiusOf(cap) > WIDEST) return { region: `CIRCLE ICRS ${pair(cap.axis)} ${number(radiusOf(cap))}`, field }
  const corners = isBent(whole) ? whole : whole.filter((_, at) => at % STEPS === 0)
  if (!againstTheClock(corners, cap.axis)) corners.reverse()
  return { region: `POLYGON ICRS ${corners.map(pair).join(' ')}`, field }
}

/** Directions along the outer edges of the outer pixels, from a corner on. @param {ToSky} sky @param {number} columns @param {number} rows */
function edgeOf(sky, columns, rows) {
  const part = Array.from({ length: STEPS }, (_, at) => at / STEPS)
  const sides = [part.map((p) => [p, 0]), part.map((p) => [1, p]), part.map((p) => [1 - p, 1]), part.map((p) => [0, 1 - p])].flat()
  return sides.map(([x = 0, y = 0]) => towards(sky(x * columns + 0.5, y * rows + 0.5)))
}

/** Directions of some pixels that are on the sky. @param {ToSky} sky @param {number} columns @param {number} rows */
function insideOf(sky, columns, rows) {
  const part = Array.from({ length: GRID }, (_, at) => (at + 0.5) / GRID)
  return part.flatMap((y) => part.map((x) => towards(sky(x * columns + 0.5, y * rows + 0.5)))).filter((one) => one !== null)
}

/** @param {[number, number] | null} at */
function towards(at) {
  return at === null ? null : direction(...at)
}

/** Whether an edge leaves the great circle between its corners. @param {Vector[]} edge */
function isBent(edge) {
  const corners = edge.filter((_, at) => at % STEPS === 0)
  const after = corners.map((_, at) => /** @type {Vector} */ (corners[(at + 1) % corners.length]))
  const sides = corners.map((corner, at) => length(minus(/** @type {Vector} */ (after[at]), corner)))
  const shortest = Math.min(...sides)
  return corners.some((corner, at) => {
    const normal = cross(corner, /** @type {Vector} */ (after[at]))
    const size = length(normal)
    if (!(size > 0)) return true
    const unit = times(normal, 1 / size)
    return edge.slice(at * STEPS, (at + 1) * STEPS).some((point) => Math.abs(dot(point, unit)) > BENT * shortest)
  })
}

/** @param {Vector} vector */
function pair(vector) {
  return place(vector).map(number).join(' ')
}

/** Eight decimals are 36 microarcseconds; 360 is 0. @param {number} degrees */
function number(degrees) {
  const rounded = Number(degrees.toFixed(8))
  return (rounded >= 360 ? 0 : rounded).toFixed(8).replace(/\.?0+$/, '')
}

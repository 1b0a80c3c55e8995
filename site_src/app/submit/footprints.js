// How footprints lie about positions, and whether they cross themselves: the twin of portal.lint._regions.

const RADIAN = 180 / Math.PI
/** Nothing tells the inside of a polygon about half the sky, nor what crosses in one that wide [deg]. */
const HALF = 90
const NEAR = 89
const NARROW = 60

/**
 * @typedef {import('./regions.js').Region} Region
 * @typedef {[ra: number, dec: number]} Place [deg]
 * @typedef {[right: number, up: number]} Point on a plane that touches the sphere
 * @typedef {{clear: number, most: number}} Limits how far sides must cross, and corners that are compared
 * @typedef {{reach: number, gap: number, size: number}} Extent [deg] as in portal.lint._regions
 */

/**
 * How a region lies about a position.
 * @param {Region} region
 * @param {Place} place
 * @returns {Extent}
 */
export function extentOf({ circles, polygons }, place) {
  const all = [...circles.map((one) => ofCircle(one, place)), ...polygons.map((one) => ofPolygon(cornersOf(one), place))]
  const most = (/** @type {(one: Extent) => number} */ of) => Math.max(...all.map(of))
  return { reach: most(({ reach }) => reach), gap: Math.min(...all.map(({ gap }) => gap)), size: most(({ size }) => size) }
}

/**
 * Whether sides of a polygon cross each other, beyond what rounding does.
 * @param {Region} region
 * @param {Limits} limits
 */
export function isCrossed({ polygons }, { clear, most }) {
  return polygons.some((polygon) => {
    const corners = cornersOf(polygon)
    const [first, last] = /** @type {[Place, Place]} */ ([corners[0], corners.at(-1)])
    if (first[0] === last[0] && first[1] === last[1]) corners.pop()
    return corners.length >= 4 && corners.length <= most && crosses(corners, clear)
  })
}

/** @param {Place[]} corners @param {number} clear */
function crosses(corners, clear) {
  const first = /** @type {Place} */ (corners[0])
  if (Math.max(...corners.map((corner) => separation(first, corner))) >= NARROW) return false
  const plane = corners.map((corner) => projected(corner, first))
  const size = Math.max(...plane.map((point) => Math.hypot(...point)), 1e-300)
  const sides = plane.map((point, at) => [point, plane[(at + 1) % plane.length] ?? point].map(([u, v]) => /** @type {Point} */ ([u / size, v / size])))
  return sides.some(([a, b], one) =>
    sides.some(([c, d], other) => {
      // Sides that share a corner do not cross.
      if (!a || !b || !c || !d || other < one + 2 || (other + 1) % sides.length === one) return false
      return opposite(a, b, c, d, clear) && opposite(c, d, a, b, clear)
    }),
  )
}

/** Whether two points lie clearly on two sides of the line through `a` and `b`. @param {Point} a @param {Point} b @param {Point} c @param {Point} d @param {number} clear */
function opposite(a, b, c, d, clear) {
  const [left = 0, right = 0] = [c, d].map((p) => (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]))
  return Math.min(left, right) < -clear && Math.max(left, right) > clear
}

/** @param {number[]} circle @param {Place} place @returns {Extent} */
function ofCircle([ra = NaN, dec = NaN, radius = NaN], place) {
  const away = separation(place, [ra, dec])
  return { reach: Math.min(away + radius, 180), gap: Math.max(away - radius, 0), size: 2 * radius }
}

/** @param {Place[]} corners @param {Place} place @returns {Extent} */
function ofPolygon(corners, place) {
  const away = corners.map((corner) => separation(place, corner))
  const first = /** @type {Place} */ (corners[0])
  const [reach, size] = [Math.max(...away), Math.max(...corners.map((corner) => separation(first, corner)))]
  if (reach < NEAR) return { reach, size, gap: gapOf(corners.map((corner) => projected(corner, place))) }
  return { reach, size, gap: size < HALF ? Math.max(Math.min(...away) - size, 0) : 0 }
}

/** Distance [deg] of the origin from a polygon on the plane; 0 inside. @param {Point[]} corners */
function gapOf(corners) {
  let [turns, nearest] = [0, Infinity]
  corners.forEach(([u, v], at) => {
    const [x, y] = corners[(at + 1) % corners.length] ?? [u, v]
    const step = Math.atan2(y, x) - Math.atan2(v, u) + Math.PI
    turns += step - 2 * Math.PI * Math.floor(step / (2 * Math.PI)) - Math.PI
    const [du, dv] = [x - u, y - v]
    const along = Math.min(Math.max(-(u * du + v * dv) / Math.max(du ** 2 + dv ** 2, 1e-300), 0), 1)
    nearest = Math.min(nearest, Math.hypot(u + along * du, v + along * dv))
  })
  return Math.abs(turns) > Math.PI ? 0 : Math.atan(nearest) * RADIAN
}

/** Angle [deg] between two places, by the formula of Vincenty. @param {Place} one @param {Place} other */
function separation([ra, dec], [x, y]) {
  const [a, d, e] = [(x - ra) / RADIAN, dec / RADIAN, y / RADIAN]
  const across = Math.hypot(Math.cos(e) * Math.sin(a), Math.cos(d) * Math.sin(e) - Math.sin(d) * Math.cos(e) * Math.cos(a))
  return Math.atan2(across, Math.sin(d) * Math.sin(e) + Math.cos(d) * Math.cos(e) * Math.cos(a)) * RADIAN
}

/** On the plane that touches the sphere at a place, where great circles are straight. @param {Place} corner @param {Place} place @returns {Point} */
function projected([x, y], [ra, dec]) {
  const [a, d, d0] = [(x - ra) / RADIAN, y / RADIAN, dec / RADIAN]
  const depth = Math.sin(d0) * Math.sin(d) + Math.cos(d0) * Math.cos(d) * Math.cos(a)
  return [(Math.cos(d) * Math.sin(a)) / depth, (Math.cos(d0) * Math.sin(d) - Math.sin(d0) * Math.cos(d) * Math.cos(a)) / depth]
}

/** @param {number[]} numbers */
function cornersOf(numbers) {
  return Array.from({ length: numbers.length / 2 }, (_, at) => /** @type {Place} */ ([numbers[2 * at], numbers[2 * at + 1]]))
}

// Circles and polygons on the sphere, from directions as unit vectors.

const RADIAN = 180 / Math.PI
/** A point on the rim is inside. */
const SLACK = 1 + 1e-9

/**
 * @typedef {[number, number, number]} Vector
 * @typedef {{axis: Vector, chord: number}} Cap a circle: its centre, and the straight distance of its rim
 */

/** @param {number} ra [deg] @param {number} dec @returns {Vector} */
export function direction(ra, dec) {
  const [a, d] = [ra / RADIAN, dec / RADIAN]
  return [Math.cos(d) * Math.cos(a), Math.cos(d) * Math.sin(a), Math.sin(d)]
}

/** Right ascension and declination [deg]. @param {Vector} vector @returns {[number, number]} */
export function place([x, y, z]) {
  return [(((Math.atan2(y, x) * RADIAN) % 360) + 360) % 360, Math.atan2(z, Math.hypot(x, y)) * RADIAN]
}

/** [deg] @param {Cap} cap */
export function radiusOf(cap) {
  return 2 * Math.asin(Math.min(cap.chord / 2, 1)) * RADIAN
}

/** @param {Vector} a @param {Vector} b */
export function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/** @param {Vector} a @param {Vector} b @returns {Vector} */
export function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/** @param {Vector} a @param {Vector} b @returns {Vector} */
export function minus(a, b) {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/** @param {Vector} a @param {Vector} b @returns {Vector} */
function plus(a, b) {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/** @param {Vector} a @param {number} factor @returns {Vector} */
export function times(a, factor) {
  return [a[0] * factor, a[1] * factor, a[2] * factor]
}

/** @param {Vector} a */
export function length(a) {
  return Math.hypot(...a)
}

/** @param {Vector[]} points @returns {Vector} */
export function mean(points) {
  return times(points.reduce(plus, [0, 0, 0]), 1 / points.length)
}

/**
 * The smallest circle that holds all points, exact below a hemisphere (Welzl 1991, without its
 * random order: the points are few).
 * @param {Vector[]} points
 * @returns {Cap}
 */
export function smallestCap(points) {
  /** @type {Cap} */
  let cap = { axis: points[0] ?? [1, 0, 0], chord: 0 }
  points.forEach((point, at) => {
    if (outside(cap, point)) cap = withOne(points.slice(0, at), point)
  })
  return cap
}

/** @param {Vector[]} points @param {Vector} rim @returns {Cap} */
function withOne(points, rim) {
  /** @type {Cap} */
  let cap = { axis: rim, chord: 0 }
  points.forEach((point, at) => {
    if (outside(cap, point)) cap = withTwo(points.slice(0, at), point, rim)
  })
  return cap
}

/** @param {Vector[]} points @param {Vector} one @param {Vector} two @returns {Cap} */
function withTwo(points, one, two) {
  let cap = through(plus(one, two), one)
  for (const point of points) if (outside(cap, point)) cap = about(one, two, point)
  return cap
}

/** The circle through three points; of points in a row the one about the two outer ones. @param {Vector} one @param {Vector} two @param {Vector} three */
function about(one, two, three) {
  const [u, v] = [minus(two, one), minus(three, one)]
  const normal = cross(u, v)
  const square = dot(normal, normal)
  if (square <= 1e-18 * Math.max(dot(u, u), dot(v, v)) ** 2) {
    const sides = /** @type {[Vector, Vector][]} */ ([[one, two], [two, three], [three, one]])
    const [a, b] = sides.reduce((most, side) => (length(minus(...side)) > length(minus(...most)) ? side : most))
    return through(plus(a, b), a)
  }
  // The middle of the triangle, not the normal of its plane: of a small one that is uncertain.
  const middle = cross(minus(times(v, dot(u, u)), times(u, dot(v, v))), normal)
  return through(plus(one, times(middle, 0.5 / square)), one)
}

/** @param {Vector} axis @param {Vector} rim @returns {Cap} */
function through(axis, rim) {
  const size = length(axis)
  if (size === 0) return { axis: rim, chord: 0 }
  const unit = times(axis, (dot(axis, rim) >= 0 ? 1 : -1) / size)
  return { axis: unit, chord: length(minus(unit, rim)) }
}

/** @param {Cap} cap @param {Vector} point */
function outside(cap, point) {
  return length(minus(cap.axis, point)) > cap.chord * SLACK + 1e-15
}

/**
 * Whether a polygon about an axis runs against the clock, as seen from the Earth.
 * @param {Vector[]} points
 * @param {Vector} axis
 */
export function againstTheClock(points, axis) {
  const turns = points.map((point, at) => cross(point, /** @type {Vector} */ (points[(at + 1) % points.length])))
  return dot(turns.reduce(plus, [0, 0, 0]), axis) < 0
}

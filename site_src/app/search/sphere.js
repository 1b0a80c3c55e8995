// Distances and outlines on the sphere of the sky.

const RADIAN = Math.PI / 180

/**
 * @typedef {[number, number, number]} Vector of length 1
 * @typedef {{kind: 'circle', centre: Vector, radius: number}} Circle radius in radians
 * @typedef {{kind: 'polygon', corners: Vector[]}} Polygon
 * @typedef {Circle | Polygon} Region
 */

/**
 * @param {number} ra in degrees
 * @param {number} dec in degrees
 * @returns {Vector}
 */
export function vector(ra, dec) {
  const [a, d] = [ra * RADIAN, dec * RADIAN]
  return [Math.cos(d) * Math.cos(a), Math.cos(d) * Math.sin(a), Math.sin(d)]
}

/** Right ascension and declination in degrees. @param {Vector} v @returns {[number, number]} */
export function coordinates([x, y, z]) {
  return [(Math.atan2(y, x) / RADIAN + 360) % 360, Math.atan2(z, Math.hypot(x, y)) / RADIAN]
}

/** @param {Vector} a @param {Vector} b */
export function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/** @param {Vector} a @param {Vector} b @returns {Vector} */
export function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/** Angle between two directions in radians. @param {Vector} a @param {Vector} b */
export function between(a, b) {
  return Math.atan2(Math.hypot(...cross(a, b)), dot(a, b))
}

/** @param {Vector} v @returns {Vector} */
export function unit(v) {
  const size = Math.hypot(...v) || 1
  return [v[0] / size, v[1] / size, v[2] / size]
}

/**
 * What a text of STC-S outlines; none where it is not understood.
 * @param {string} text such as POLYGON ICRS 10 20 11 20 11 21, or several
 * @returns {Region[]}
 */
export function regionsOf(text) {
  const found = text.toUpperCase().matchAll(/\b(CIRCLE|POLYGON)\b\s*(?:ICRS|J2000|FK5)?(?:\s+(?:TOPOCENTER|UNKNOWNREFPOS))?((?:[\s,]+[-+\d.]+(?:E[-+]?\d+)?)+)/g)
  return [...found].flatMap(([, kind, rest = '']) => regionOf(kind, rest) ?? [])
}

/** @param {string | undefined} kind @param {string} rest @returns {Region | null} */
function regionOf(kind, rest) {
  const numbers = rest.split(/[\s,]+/).filter(Boolean).map(Number)
  if (!numbers.every(Number.isFinite)) return null
  if (kind === 'CIRCLE') {
    const [ra = 0, dec = 0, radius = 0] = numbers
    return numbers.length === 3 ? { kind: 'circle', centre: vector(ra, dec), radius: radius * RADIAN } : null
  }
  const corners = Array.from({ length: numbers.length >> 1 }, (_, at) => vector(numbers[2 * at] ?? 0, numbers[2 * at + 1] ?? 0))
  return corners.length >= 3 ? { kind: 'polygon', corners } : null
}

/**
 * Distance of a direction from a region in radians; 0 inside.
 * @param {Vector} from
 * @param {Region} region
 */
export function distance(from, region) {
  if (region.kind === 'circle') return Math.max(0, between(from, region.centre) - region.radius)
  const { corners } = region
  if (inside(from, corners)) return 0
  let nearest = Infinity
  for (const [at, corner] of corners.entries()) {
    nearest = Math.min(nearest, fromEdge(from, corner, /** @type {Vector} */ (corners[(at + 1) % corners.length])))
  }
  return nearest
}

/**
 * Whether the outline goes around a direction; an outline is taken for that of its smaller side.
 * @param {Vector} from
 * @param {Vector[]} corners
 */
function inside(from, corners) {
  const middle = unit(/** @type {Vector} */ ([0, 1, 2].map((axis) => corners.reduce((sum, corner) => sum + (corner[axis] ?? 0), 0))))
  if (dot(from, middle) <= 0) return false
  const east = unit(cross(Math.abs(from[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0], from))
  const north = cross(from, east)
  const bearings = corners.map((corner) => Math.atan2(dot(corner, east), dot(corner, north)))
  let turned = 0
  for (const [at, bearing] of bearings.entries()) {
    const turn = (bearings[(at + 1) % bearings.length] ?? 0) - bearing
    turned += turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI))
  }
  return Math.abs(turned) > Math.PI
}

/** @param {Vector} from @param {Vector} start @param {Vector} end */
function fromEdge(from, start, end) {
  const ends = Math.min(between(from, start), between(from, end))
  const pole = cross(start, end)
  const size = Math.hypot(...pole)
  if (size < 1e-14) return ends
  const normal = unit(pole)
  const along = dot(cross(normal, start), from) >= 0 && dot(cross(end, normal), from) >= 0
  return along ? Math.min(ends, Math.abs(Math.asin(Math.max(-1, Math.min(1, dot(normal, from)))))) : ends
}

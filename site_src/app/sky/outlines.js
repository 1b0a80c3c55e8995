// Lines on the sky as chains of directions: footprints, circles, meridians, parallels.

import { between, cross, unit, vector } from '../search/sphere.js'

/** @typedef {import('../search/sphere.js').Vector} Vector */

/** Longest step along a line in radians. */
const STEP = Math.PI / 60
const STEPS = [45, 30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5, 1e-5]

/**
 * The edge of a region, closed.
 * @param {import('../search/sphere.js').Region} region
 * @returns {Vector[]}
 */
export function edge(region) {
  if (region.kind === 'circle') return circle(region.centre, region.radius)
  const { corners } = region
  return corners.flatMap((corner, at) => {
    const next = /** @type {Vector} */ (corners[(at + 1) % corners.length])
    const parts = Math.max(1, Math.ceil(between(corner, next) / STEP))
    const last = at === corners.length - 1 ? parts + 1 : parts
    return Array.from({ length: last }, (_, part) => mixed(corner, next, part / parts))
  })
}

/** @param {Vector} a @param {Vector} b @param {number} part @returns {Vector} */
function mixed(a, b, part) {
  return unit([a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part])
}

/**
 * @param {Vector} centre
 * @param {number} radius in radians
 * @returns {Vector[]}
 */
export function circle(centre, radius) {
  const east = unit(cross(Math.abs(centre[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0], centre))
  const north = cross(centre, east)
  const [out, along] = [Math.sin(radius), Math.cos(radius)]
  return Array.from({ length: 97 }, (_, at) => {
    const turn = (at / 48) * Math.PI
    const [e, n] = [out * Math.cos(turn), out * Math.sin(turn)]
    return /** @type {Vector} */ ([0, 1, 2].map((axis) => along * (centre[axis] ?? 0) + e * (east[axis] ?? 0) + n * (north[axis] ?? 0)))
  })
}

/** The plane of the Milky Way: a great circle about the pole of IAU 1958, for ICRS. */
export const GALAXY = circle(vector(192.85948, 27.12825), Math.PI / 2)

/**
 * Meridians and parallels of a look, with a round step between them.
 * @param {import('./projection.js').Look} look
 * @param {number} tall height of the drawing over its width
 * @returns {{kind: 'ra' | 'dec', value: number, step: number, line: Vector[]}[]}
 */
export function graticule({ ra, dec, field }, tall) {
  const whole = field > 180
  const reach = whole ? 90 : (field / 2) * Math.max(1, tall) * 1.5
  const [low, high] = [Math.max(-90, dec - reach), Math.min(90, dec + reach)]
  const up = whole ? 30 : stepFor((field * tall) / 4)
  // Meridians lie closer together towards a pole.
  const shrunk = Math.cos((Math.min(Math.max(Math.abs(low), Math.abs(high)), 90) * Math.PI) / 180)
  const wide = whole || shrunk < 0.05 || reach / shrunk > 180 ? 180 : reach / shrunk
  const around = whole ? 30 : Math.min(30, stepFor(field / 4 / Math.max(Math.cos((dec * Math.PI) / 180), 0.05)))
  const parallels = multiples(low, high, up).filter((value) => Math.abs(value) < 90).map((value) => ({
    kind: /** @type {const} */ ('dec'), value, step: up, line: chain(ra - wide, ra + wide, (at) => vector(at, value)),
  }))
  const meridians = multiples(ra - wide, ra + (wide === 180 ? 179.99 : wide), around).map((value) => ({
    kind: /** @type {const} */ ('ra'), value: ((value % 360) + 360) % 360, step: around, line: chain(low, high, (at) => vector(value, at)),
  }))
  return [...parallels, ...meridians]
}

/** @param {number} wanted */
function stepFor(wanted) {
  return STEPS.find((step) => step <= wanted) ?? Number(STEPS.at(-1))
}

/** @param {number} low @param {number} high @param {number} step */
function multiples(low, high, step) {
  const first = Math.ceil(low / step - 1e-9)
  const count = Math.min(200, Math.floor(high / step + 1e-9) - first + 1)
  return Array.from({ length: Math.max(0, count) }, (_, at) => Number(((first + at) * step).toFixed(6)))
}

/** @param {number} from @param {number} to @param {(at: number) => Vector} direction */
function chain(from, to, direction) {
  const parts = 120
  return Array.from({ length: parts + 1 }, (_, at) => direction(from + ((to - from) * at) / parts))
}

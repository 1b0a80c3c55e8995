// The equal-area projection of Hammer (1892), turned so that any direction is in its middle,
// where it is true to shape: one projection for the whole sky and for a small field.

import { cross, dot, vector } from '../search/sphere.js'

/**
 * @typedef {import('../search/sphere.js').Vector} Vector
 * @typedef {{ra: number, dec: number, field: number}} Look its middle, and its width, in degrees
 * @typedef {[number, number]} Place in pixels from the left and the top
 */

/** The whole sky. @type {Look} */
export const WHOLE = { ra: 0, dec: 0, field: 360 }
/** Smallest field in degrees: a second of arc. */
export const LEAST = 1 / 3600
const RADIAN = Math.PI / 180

export class Projection {
  #middle
  #east
  #north
  #scale

  /**
   * @param {Look} look
   * @param {number} width in pixels
   * @param {number} height in pixels
   * @param {number} [wide] width of the field in pixels, where it is narrower than the drawing
   */
  constructor(look, width, height, wide = width) {
    this.look = look
    this.width = width
    this.height = height
    this.#middle = vector(look.ra, look.dec)
    this.#east = vector(look.ra + 90, 0)
    this.#north = cross(this.#middle, this.#east)
    this.#scale = (wide - 2) / 2 / (4 * Math.sin((look.field * RADIAN) / 8))
  }

  /** Where a direction lies. @param {Vector} v @returns {Place} */
  place(v) {
    const [x, y, z] = [dot(v, this.#middle), dot(v, this.#east), dot(v, this.#north)]
    const half = Math.atan2(y, x) / 2
    const level = Math.hypot(x, y)
    const root = Math.sqrt(1 + level * Math.cos(half))
    const [across, up] = [(2 * Math.SQRT2 * level * Math.sin(half)) / root, (Math.SQRT2 * z) / root]
    // Seen from inside, east is to the left.
    return [this.width / 2 - across * this.#scale, this.height / 2 - up * this.#scale]
  }

  /** The direction at a place; null beside the sky. @param {Place} place @returns {Vector | null} */
  direction([left, top]) {
    const across = (this.width / 2 - left) / this.#scale
    const up = (this.height / 2 - top) / this.#scale
    const rest = 1 - (across / 4) ** 2 - (up / 2) ** 2
    if (rest < 0.5) return null
    const root = Math.sqrt(rest)
    const longitude = 2 * Math.atan2(root * across, 2 * (2 * rest - 1))
    const sine = Math.min(1, Math.max(-1, root * up))
    const level = Math.sqrt(1 - sine * sine)
    const [x, y] = [level * Math.cos(longitude), level * Math.sin(longitude)]
    const along = (/** @type {0 | 1 | 2} */ axis) => x * this.#middle[axis] + y * this.#east[axis] + sine * this.#north[axis]
    return [along(0), along(1), along(2)]
  }

  /** Half the width and height of the limb of the sky in pixels. @returns {Place} */
  get limb() {
    return [2 * Math.SQRT2 * this.#scale, Math.SQRT2 * this.#scale]
  }

  /** Whether a place is on the drawing. @param {Place} place @param {number} [margin] */
  shows([left, top], margin = 0) {
    return left >= -margin && left <= this.width + margin && top >= -margin && top <= this.height + margin
  }

  /**
   * A line through directions in pieces, parted where it leaves the sky on one side and comes in
   * on the other.
   * @param {Vector[]} directions
   * @returns {Place[][]}
   */
  line(directions) {
    /** @type {Place[][]} */
    const pieces = []
    /** @type {Place | null} */
    let before = null
    for (const direction of directions) {
      const place = this.place(direction)
      const jumps = before !== null && Math.hypot(place[0] - before[0], place[1] - before[1]) > this.limb[0] / 2
      if (before === null || jumps) pieces.push([])
      pieces.at(-1)?.push(place)
      before = place
    }
    return pieces
  }
}

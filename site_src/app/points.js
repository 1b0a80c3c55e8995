// Many points on a raster: where they crowd the ink is denser, in whatever order they come.

import { NONE } from './colourmap.js'

/** Places of a point inside its pixel that are told apart, along each axis. */
const PARTS = 4

/**
 * @typedef {object} Cloud
 * @property {Float32Array} x in pixels; NaN for a point that is not drawn
 * @property {Float32Array} y
 * @property {Uint8Array} codes colour of each point
 * @property {Uint8Array} palette three bytes a colour
 * @property {number[]} none colour of points whose code is NONE, three bytes
 */

/**
 * Ink of a single point such that the densest crowds do not all look full.
 * @param {number} points
 * @param {number} radius
 * @param {number} area of the plot
 */
export function inkOf(points, radius, area) {
  const cover = (points * Math.PI * radius ** 2) / area
  return Math.min(0.9, Math.max(0.08, 0.85 / Math.sqrt(1 + 2 * cover)))
}

/**
 * Radius of points in CSS pixels: smaller where there are many.
 * @param {number} points
 */
export function radiusOf(points) {
  if (points <= 300) return 4
  return Math.max(1, 4 - 1.05 * Math.log10(points / 300))
}

/**
 * The points as an image, red, green, blue and opacity.
 * @param {Cloud} cloud
 * @param {number} width in pixels
 * @param {number} height
 * @param {number} radius in pixels
 * @param {number} ink opacity of one point
 */
export function rasterised({ x, y, codes, palette, none }, width, height, radius, ink) {
  const sums = new Float32Array(4 * width * height)
  const stamps = discs(radius)
  const reach = Math.ceil(radius) + 1
  const side = 2 * reach + 1
  for (let i = 0; i < x.length; i++) {
    const [px, py] = [/** @type {number} */ (x[i]), /** @type {number} */ (y[i])]
    const left = Math.floor(px)
    const top = Math.floor(py)
    // Also leaves out NaN.
    if (!(left >= reach && top >= reach && left < width - reach && top < height - reach)) continue
    const stamp = /** @type {Float32Array} */ (stamps[Math.floor((px - left) * PARTS) + PARTS * Math.floor((py - top) * PARTS)])
    const code = /** @type {number} */ (codes[i])
    const [red, green, blue] = code === NONE ? none : palette.subarray(3 * code, 3 * code + 3)
    press(sums, 4 * ((top - reach) * width + left - reach), 4 * (width - side), stamp, side, Number(red), Number(green), Number(blue))
  }
  return developed(sums, ink)
}

/**
 * Add one disc to the sums of coverage and colour.
 * @param {Float32Array} sums
 * @param {number} at
 * @param {number} skip from the end of a line to the start of the next
 * @param {Float32Array} stamp
 * @param {number} side
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
function press(sums, at, skip, stamp, side, red, green, blue) {
  for (let line = 0, k = 0; line < side; line++, at += skip) {
    for (let across = 0; across < side; across++, k++, at += 4) {
      const cover = /** @type {number} */ (stamp[k])
      if (cover === 0) continue
      sums[at] = /** @type {number} */ (sums[at]) + cover * red
      sums[at + 1] = /** @type {number} */ (sums[at + 1]) + cover * green
      sums[at + 2] = /** @type {number} */ (sums[at + 2]) + cover * blue
      sums[at + 3] = /** @type {number} */ (sums[at + 3]) + cover
    }
  }
}

/**
 * Mean colours, and the opacity that as many layers of ink have.
 * @param {Float32Array} sums
 * @param {number} ink
 */
function developed(sums, ink) {
  const image = new Uint8ClampedArray(sums.length)
  const clear = Math.log1p(-ink)
  for (let at = 0; at < sums.length; at += 4) {
    const layers = /** @type {number} */ (sums[at + 3])
    if (layers === 0) continue
    image[at] = /** @type {number} */ (sums[at]) / layers
    image[at + 1] = /** @type {number} */ (sums[at + 1]) / layers
    image[at + 2] = /** @type {number} */ (sums[at + 2]) / layers
    image[at + 3] = 255 * -Math.expm1(clear * layers)
  }
  return image
}

/**
 * Discs with soft edges, one for each place of the centre inside its pixel.
 * @param {number} radius
 */
function discs(radius) {
  const reach = Math.ceil(radius) + 1
  const side = 2 * reach + 1
  return Array.from({ length: PARTS * PARTS }, (_, part) => {
    const dx = ((part % PARTS) + 0.5) / PARTS - 0.5
    const dy = (Math.floor(part / PARTS) + 0.5) / PARTS - 0.5
    return Float32Array.from({ length: side * side }, (_, k) => {
      const away = Math.hypot((k % side) - reach - dx, Math.floor(k / side) - reach - dy)
      return Math.min(Math.max(radius + 0.5 - away, 0), 1)
    })
  })
}

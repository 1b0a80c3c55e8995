// Many points on a raster: where they crowd the ink is denser, in whatever order they come.

import { NONE } from '../charts/colourmap.js'

/** Places of a point inside its pixel that are told apart, along each axis. */
const PARTS = 4

/**
 * @typedef {{steps: Int32Array, covers: Float32Array}} Stamp what a point adds to the pixels around it
 *
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
  const stamps = discs(radius, width)
  const reach = Math.ceil(radius) + 1
  const colours = new Float32Array(3 * (NONE + 1))
  colours.set(palette)
  colours.set(none, 3 * NONE)
  // Plain loops over typed arrays: this runs for a million points.
  for (let i = 0; i < x.length; i++) {
    const px = /** @type {number} */ (x[i])
    const py = /** @type {number} */ (y[i])
    const left = Math.floor(px)
    const top = Math.floor(py)
    // Also leaves out NaN.
    if (!(left >= reach && top >= reach && left < width - reach && top < height - reach)) continue
    const stamp = /** @type {Stamp} */ (stamps[Math.floor((px - left) * PARTS) + PARTS * Math.floor((py - top) * PARTS)])
    press(sums, 4 * (top * width + left), stamp, colours, 3 * /** @type {number} */ (codes[i]))
  }
  return developed(sums, ink)
}

/**
 * Add one disc to the sums of coverage and colour.
 * @param {Float32Array} sums
 * @param {number} middle
 * @param {Stamp} stamp
 * @param {Float32Array} colours
 * @param {number} colour
 */
function press(sums, middle, { steps, covers }, colours, colour) {
  const red = /** @type {number} */ (colours[colour])
  const green = /** @type {number} */ (colours[colour + 1])
  const blue = /** @type {number} */ (colours[colour + 2])
  for (let k = 0; k < steps.length; k++) {
    const at = middle + /** @type {number} */ (steps[k])
    const cover = /** @type {number} */ (covers[k])
    sums[at] = /** @type {number} */ (sums[at]) + cover * red
    sums[at + 1] = /** @type {number} */ (sums[at + 1]) + cover * green
    sums[at + 2] = /** @type {number} */ (sums[at + 2]) + cover * blue
    sums[at + 3] = /** @type {number} */ (sums[at + 3]) + cover
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
 * @param {number} width of the image
 * @returns {Stamp[]}
 */
function discs(radius, width) {
  const reach = Math.ceil(radius) + 1
  return Array.from({ length: PARTS * PARTS }, (_, part) => {
    const dx = ((part % PARTS) + 0.5) / PARTS - 0.5
    const dy = (Math.floor(part / PARTS) + 0.5) / PARTS - 0.5
    const steps = []
    const covers = []
    for (let line = -reach; line <= reach; line++) {
      for (let across = -reach; across <= reach; across++) {
        const cover = Math.min(radius + 0.5 - Math.hypot(across - dx, line - dy), 1)
        if (cover <= 0) continue
        steps.push(4 * (line * width + across))
        covers.push(cover)
      }
    }
    return { steps: Int32Array.from(steps), covers: Float32Array.from(covers) }
  })
}

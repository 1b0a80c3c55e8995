// Looks through a cube of cells: rays from front to back, each cell dims what lies behind it.

import { rotation } from './cells.js'

/**
 * @typedef {{ side: number, opacity: Uint8Array, colour: Uint8Array, fade: Uint8Array | null,
 *   table: Uint32Array, alphas: Float32Array }} Scene
 */

/**
 * How much a cell dims what is behind it, for each code of opacity.
 * @param {number} threshold share of the scale below which nothing is seen
 * @param {number} side cells
 */
export function alphaTable(threshold, side) {
  const alphas = new Float32Array(256)
  for (let code = 1; code < 256; code++) {
    const share = ((code - 1) / 254 - threshold) / (1 - threshold)
    // As many cells are as deep in a coarse cube as in a fine one.
    alphas[code] = share <= 0 ? 0 : 1 - (1 - Math.min(share ** 1.6, 0.97)) ** (20 / side)
  }
  return alphas
}

/**
 * Draws a scene as seen from a direction.
 * @param {Scene} scene
 * @param {Uint32Array} pixels (size, size), filled
 * @param {number} size
 * @param {number} turn [rad]
 * @param {number} tilt [rad]
 * @param {number} paper the colour behind all, as a pixel
 */
export function march(scene, pixels, size, turn, tilt, paper) {
  const { side, opacity, colour, fade, table, alphas } = scene
  const { right, up, viewer } = rotation(turn, tilt)
  const [rx = 0, ry = 0, rz = 0] = right
  const [ux = 0, uy = 0, uz = 0] = up
  const [vx = 0, vy = 0, vz = 0] = viewer
  const half = side / 2
  // The whole cube fits however it is turned.
  const reach = half * Math.sqrt(3)
  const scale = (2 * half * 1.45) / size
  const paperParts = [paper & 255, (paper >> 8) & 255, (paper >> 16) & 255]
  for (let row = 0; row < size; row++) {
    const b = (size / 2 - 0.5 - row) * scale
    for (let column = 0; column < size; column++) {
      const a = (column + 0.5 - size / 2) * scale
      const ox = half + a * rx + b * ux
      const oy = half + a * ry + b * uy
      const oz = half + a * rz + b * uz
      let [first, last] = [-reach, reach]
      for (const [origin, slope] of /** @type {[number, number][]} */ ([
        [ox, vx],
        [oy, vy],
        [oz, vz],
      ])) {
        if (Math.abs(slope) < 1e-9) {
          if (origin < 0 || origin >= side) first = reach + 1
          continue
        }
        const [one, two] = [-origin / slope, (side - origin) / slope]
        first = Math.max(first, Math.min(one, two))
        last = Math.min(last, Math.max(one, two))
      }
      let [red, green, blue, clear] = [0, 0, 0, 1]
      for (let depth = last - 0.5; depth > first && clear > 0.02; depth--) {
        const x = Math.min((ox + depth * vx) | 0, side - 1)
        const y = Math.min((oy + depth * vy) | 0, side - 1)
        const z = Math.min((oz + depth * vz) | 0, side - 1)
        const cell = (x * side + y) * side + z
        let alpha = alphas[opacity[cell] ?? 0] ?? 0
        if (alpha === 0) continue
        if (fade !== null) alpha *= 1 - (fade[cell] ?? 0) / 255
        const shade = table[colour[cell] ?? 0] ?? 0
        const weight = clear * alpha
        red += weight * (shade & 255)
        green += weight * ((shade >> 8) & 255)
        blue += weight * ((shade >> 16) & 255)
        clear *= 1 - alpha
      }
      red += clear * (paperParts[0] ?? 0)
      green += clear * (paperParts[1] ?? 0)
      blue += clear * (paperParts[2] ?? 0)
      pixels[row * size + column] = (255 << 24) | (blue << 16) | (green << 8) | red
    }
  }
}

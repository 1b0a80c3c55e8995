// Cells of a cube: what lies in a slice, along a ray, and at the same distance from the middle.

/** @typedef {'x' | 'y' | 'z'} AxisName */

/**
 * Strides of a slice through an array (x, y, z): where it begins, a step to the right, a step up.
 * @param {number[]} shape
 * @param {AxisName} axis that the slice is perpendicular to
 * @param {number} place of the slice along it
 */
export function slicing(shape, axis, place) {
  const [, ny = 1, nz = 1] = shape
  const strides = { x: ny * nz, y: nz, z: 1 }
  // Seen as the observer sees it; from above for y, and from the left for x.
  const [right, up] = /** @type {[AxisName, AxisName]} */ (
    { x: ['z', 'y'], y: ['x', 'z'], z: ['x', 'y'] }[axis]
  )
  const sizes = { x: shape[0] ?? 1, y: ny, z: nz }
  return {
    right,
    up,
    wide: sizes[right],
    high: sizes[up],
    start: place * strides[axis],
    across: strides[right],
    upwards: strides[up],
  }
}

/**
 * A rotation by an angle about the upright axis, then by a tilt about the axis to the right.
 * Its rows are the directions to the right, up and to the viewer, in the axes of the cube.
 * @param {number} turn [rad]
 * @param {number} tilt [rad]
 */
export function rotation(turn, tilt) {
  const [c, s, p, q] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)]
  return {
    right: [c, 0, -s],
    up: [-q * s, p, -q * c],
    viewer: [p * s, q, p * c],
  }
}

/**
 * Codes less the mean of those at the same distance from the middle, on the same scale: 128 is
 * the mean, and a code more or less is `gain` codes of the array.
 * @param {Uint8Array} codes of a cube (x, y, z)
 * @param {number} side cells
 */
export function contrast(codes, side) {
  const sums = new Float64Array(side)
  const counts = new Float64Array(side)
  const shells = shellsOf(side)
  for (let i = 0; i < codes.length; i++) {
    const shell = shells[i] ?? 0
    sums[shell] = (sums[shell] ?? 0) + (codes[i] ?? 0)
    counts[shell] = (counts[shell] ?? 0) + 1
  }
  const found = new Uint8Array(codes.length)
  const gain = 2
  for (let i = 0; i < codes.length; i++) {
    const shell = shells[i] ?? 0
    const mean = (sums[shell] ?? 0) / (counts[shell] || 1)
    found[i] = Math.min(Math.max(Math.round(128 + ((codes[i] ?? 0) - mean) * gain), 1), 255)
  }
  return found
}

/** @type {Map<number, Uint8Array>} */
const knownShells = new Map()

/**
 * The whole number of cells between each cell and the middle.
 * @param {number} side
 */
function shellsOf(side) {
  let shells = knownShells.get(side)
  if (!shells) {
    shells = new Uint8Array(side ** 3)
    const middle = (side - 1) / 2
    let i = 0
    for (let x = 0; x < side; x++) {
      for (let y = 0; y < side; y++) {
        for (let z = 0; z < side; z++) {
          shells[i++] = Math.floor(Math.hypot(x - middle, y - middle, z - middle))
        }
      }
    }
    knownShells.set(side, shells)
  }
  return shells
}

/**
 * A cube of twice as many cells a side, between whose old centres values go over smoothly.
 * @param {Uint8Array} codes of a cube (x, y, z)
 * @param {number} side cells
 */
export function finer(codes, side) {
  let values = codes
  const shape = [side, side, side]
  for (let axis = 0; axis < 3; axis++) {
    const inner = shape.slice(axis + 1).reduce((product, length) => product * length, 1)
    const outer = shape.slice(0, axis).reduce((product, length) => product * length, 1)
    const made = new Uint8Array(values.length * 2)
    for (let o = 0; o < outer; o++) {
      for (let step = 0; step < 2 * side; step++) {
        const near = step >> 1
        const far = Math.min(Math.max(near + (step & 1 ? 1 : -1), 0), side - 1)
        const [a, b] = [(o * side + near) * inner, (o * side + far) * inner]
        const to = (o * 2 * side + step) * inner
        for (let i = 0; i < inner; i++) {
          made[to + i] = (3 * (values[a + i] ?? 0) + (values[b + i] ?? 0) + 2) >> 2
        }
      }
    }
    values = made
    shape[axis] = 2 * side
  }
  return values
}

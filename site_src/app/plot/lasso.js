// An outline drawn on the plot as a filter: in values of the two columns, whatever the size of the screen.

/**
 * @typedef {import('../data/column.js').Column} Column
 * @typedef {import('../data/filters.js').LassoFilter} LassoFilter
 * @typedef {[number, number]} Point
 */

/**
 * Rows outside the outline, as 1; rows without a value are outside. An outline on columns
 * that hold no numbers has no meaning and rejects nothing.
 * @param {LassoFilter} filter
 * @param {Column} xColumn
 * @param {Column} yColumn
 */
export function lassoFails(filter, xColumn, yColumn) {
  const fails = new Uint8Array(xColumn.values.length)
  if (xColumn.kind !== 'number' || yColumn.kind !== 'number') return fails
  const inside = outline(filter)
  for (let row = 0; row < fails.length; row++) {
    fails[row] = inside(/** @type {number} */ (xColumn.values[row]), /** @type {number} */ (yColumn.values[row])) ? 0 : 1
  }
  return fails
}

/**
 * Whether values lie inside the outline, whose edges are straight as drawn: on a
 * logarithmic axis they are so in the logarithm. Where it crosses itself, the even-odd rule holds.
 * @param {Pick<LassoFilter, 'logx' | 'logy' | 'points'>} filter
 * @returns {(x: number, y: number) => boolean}
 */
export function outline({ logx, logy, points }) {
  const drawnX = logx ? Math.log10 : Number
  const drawnY = logy ? Math.log10 : Number
  const xs = Float64Array.from(points, ([x]) => drawnX(x))
  const ys = Float64Array.from(points, ([, y]) => drawnY(y))
  const left = Math.min(...xs)
  const right = Math.max(...xs)
  const low = Math.min(...ys)
  const high = Math.max(...ys)
  return (xValue, yValue) => {
    const x = drawnX(xValue)
    const y = drawnY(yValue)
    // Written so that NaN is outside.
    return x >= left && x <= right && y >= low && y <= high && crossings(xs, ys, x, y) % 2 === 1
  }
}

/**
 * How many edges a ray to the right meets.
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 * @param {number} x
 * @param {number} y
 */
function crossings(xs, ys, x, y) {
  let met = 0
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
    const y0 = /** @type {number} */ (ys[i])
    const y1 = /** @type {number} */ (ys[j])
    if (y0 > y === y1 > y) continue
    const x0 = /** @type {number} */ (xs[i])
    const x1 = /** @type {number} */ (xs[j])
    if (x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) met++
  }
  return met
}

/**
 * An outline with fewer corners that nowhere strays further than `tolerance` (Douglas & Peucker 1973).
 * @param {Point[]} points
 * @param {number} tolerance
 * @returns {Point[]}
 */
export function simplified(points, tolerance) {
  if (points.length < 3) return points
  const first = /** @type {Point} */ (points[0])
  const last = /** @type {Point} */ (points.at(-1))
  let furthest = 0
  let at = 0
  for (let i = 1; i < points.length - 1; i++) {
    const away = distance(/** @type {Point} */ (points[i]), first, last)
    if (away > furthest) [furthest, at] = [away, i]
  }
  if (furthest <= tolerance) return [first, last]
  return [...simplified(points.slice(0, at + 1), tolerance), ...simplified(points.slice(at), tolerance).slice(1)]
}

/**
 * Distance of a point from a stretch of line.
 * @param {Point} point
 * @param {Point} start
 * @param {Point} end
 */
function distance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const along = dx === 0 && dy === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)
  const nearest = Math.min(Math.max(along, 0), 1)
  return Math.hypot(x - x0 - nearest * dx, y - y0 - nearest * dy)
}

/**
 * A value written with no more digits than a ten-thousandth of the axis needs, so that
 * outlines in addresses stay short.
 * @param {number} value
 * @param {import('./axes.js').Scale} scale
 */
export function rounded(value, { min, max, log }) {
  if (log) return Number(value.toPrecision(Math.min(Math.max(5, Math.ceil(5 - Math.log10(Math.log(max / min)))), 17)))
  const decimals = Math.ceil(4 - Math.log10(max - min))
  if (decimals > 0 && decimals <= 100) return Number(value.toFixed(decimals))
  const step = 10 ** -decimals
  return Math.round(value / step) * step
}

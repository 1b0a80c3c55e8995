import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyColumn, fill } from '../../../site_src/app/data/column.js'
import { lassoFails, rounded, simplified } from '../../../site_src/app/plot/lasso.js'
import { random } from './random.js'

const by = random(11)

/** @param {number[]} values */
function column(values) {
  const made = emptyColumn('number', values.length)
  fill(made, 0, values)
  return made
}

/**
 * Even-odd by another way: the turns of the outline as seen from the point.
 * @param {[number, number][]} points
 * @param {number} x
 * @param {number} y
 */
function inside(points, x, y) {
  let turned = 0
  points.forEach(([x0, y0], i) => {
    const [x1, y1] = /** @type {[number, number]} */ (points[(i + 1) % points.length])
    const [ax, ay, bx, by] = [x0 - x, y0 - y, x1 - x, y1 - y]
    turned += Math.atan2(ax * by - ay * bx, ax * bx + ay * by)
  })
  return Math.abs(Math.round(turned / (2 * Math.PI))) % 2 === 1
}

test('a lasso holds the points that its outline encloses, crossing itself or not', () => {
  for (let run = 0; run < 200; run++) {
    const [logx, logy] = [by.next() < 0.5, by.next() < 0.5]
    const drawn = Array.from({ length: 3 + by.below(12) }, () => /** @type {[number, number]} */ ([by.next() * 4 - 2, by.next() * 4 - 2]))
    const places = Array.from({ length: 100 }, () => /** @type {[number, number]} */ ([by.next() * 5 - 2.5, by.next() * 5 - 2.5]))
    const value = (/** @type {boolean} */ log, /** @type {number} */ at) => (log ? 10 ** at : at)
    const points = drawn.map(([x, y]) => /** @type {[number, number]} */ ([value(logx, x), value(logy, y)]))
    const fails = lassoFails(
      { kind: 'lasso', x: 'a', y: 'b', logx, logy, points },
      column(places.map(([x]) => value(logx, x))),
      column(places.map(([, y]) => value(logy, y))),
    )
    places.forEach(([x, y], i) => assert.equal(fails[i], inside(drawn, x, y) ? 0 : 1))
  }
})

test('what has no place in the drawing is outside', () => {
  const square = /** @type {[number, number][]} */ ([[-1, -1], [2, -1], [2, 2], [-1, 2]])
  const filter = { kind: /** @type {const} */ ('lasso'), x: 'a', y: 'b', logx: false, logy: false, points: square }
  assert.deepEqual([...lassoFails(filter, column([NaN, 1, 1]), column([1, NaN, 1]))], [1, 1, 0])
  const log = { ...filter, logx: true, points: square.map(([x, y]) => /** @type {[number, number]} */ ([10 ** x, y])) }
  assert.deepEqual([...lassoFails(log, column([0, -1, 1]), column([1, 1, 1]))], [1, 1, 0])
  const text = emptyColumn('text', 3)
  assert.deepEqual([...lassoFails(filter, text, column([5, 5, 5]))], [0, 0, 0])
})

test('an outline with fewer corners strays no further than allowed', () => {
  const trail = Array.from({ length: 400 }, (_, i) => /** @type {[number, number]} */ ([100 * Math.cos(i / 60) + by.next(), 80 * Math.sin(i / 45) + by.next()]))
  const short = simplified(trail, 2)
  assert.ok(short.length < trail.length / 4)
  for (const [x, y] of trail) {
    const away = short.slice(1).map(([x1, y1], i) => {
      const [x0, y0] = /** @type {[number, number]} */ (short[i])
      const along = Math.min(Math.max(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0), 1)
      return Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))
    })
    assert.ok(Math.min(...away) <= 2 + 1e-9)
  }
})

test('corners are rounded by less than a five-thousandth of the axis', () => {
  for (let run = 0; run < 500; run++) {
    const log = by.next() < 0.5
    const min = 10 ** (by.next() * 40 - 20) * (log || by.next() < 0.5 ? 1 : -1)
    const max = log ? min * (1 + 10 ** (by.next() * 8 - 3)) : min + 10 ** (by.next() * 30 - 15) * Math.abs(min) ** 0
    const at = log ? min * (max / min) ** by.next() : min + (max - min) * by.next()
    const off = log ? Math.log(rounded(at, { min, max, log }) / at) / Math.log(max / min) : (rounded(at, { min, max, log }) - at) / (max - min)
    // Where the axis is shorter than the figures of a double, nothing is to be rounded.
    if ((max - min) / Math.max(Math.abs(min), Math.abs(max)) > 1e-10) assert.ok(Math.abs(off) < 2e-4, `${min} ${max} ${at} ${off}`)
  }
})

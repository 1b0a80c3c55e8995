import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookFrom, lookTo } from '../../../site_src/app/browse/address.js'
import { circle, edge, GALAXY, graticule } from '../../../site_src/app/sky/outlines.js'
import { LEAST, Projection, WHOLE } from '../../../site_src/app/sky/projection.js'
import { between, regionsOf, vector } from '../../../site_src/app/search/sphere.js'
import { random } from './random.js'

const by = random(11)

test('every direction has a place, and the place its direction', () => {
  for (let run = 0; run < 500; run++) {
    const field = 360 * (LEAST / 360) ** by.next()
    const look = { ra: 360 * by.next(), dec: 180 * by.next() - 90, field }
    const projection = new Projection(look, 800, 400)
    const at = /** @type {[number, number]} */ ([800 * by.next(), 400 * by.next()])
    const direction = projection.direction(at)
    if (!direction) continue
    const back = projection.place(direction)
    assert.ok(Math.hypot(back[0] - at[0], back[1] - at[1]) < 1e-3, JSON.stringify([look, at, back]))
  }
})

test('the middle is true to scale, east is left and north is up', () => {
  const projection = new Projection({ ra: 83.6, dec: 22, field: 2 }, 1000, 500)
  const [x, y] = projection.place(vector(83.6, 22.5))
  assert.ok(Math.abs(x - 500) < 1e-6 && Math.abs(y - (250 - 249.5)) < 0.1)
  assert.ok(projection.place(vector(83.7, 22))[0] < 500)
})

test('the whole sky fills the drawing, and nothing lies beside it', () => {
  const projection = new Projection(WHOLE, 800, 400)
  for (let run = 0; run < 300; run++) {
    const [x, y] = projection.place(vector(360 * by.next(), 180 * by.next() - 90))
    assert.ok(((x - 400) / 399.01) ** 2 + ((y - 200) / 199.51) ** 2 <= 1.001)
  }
  assert.equal(projection.direction([2, 2]), null)
})

test('lines are parted where they leave on one side and come in on the other', () => {
  const projection = new Projection(WHOLE, 800, 400)
  assert.equal(projection.line(circle(vector(180, 0), 0.2)).length >= 2, true)
  assert.equal(projection.line(circle(vector(10, 0), 0.2)).length, 1)
})

test('outlines close, circles keep their distance, the net covers the field', () => {
  const [square] = regionsOf('POLYGON ICRS 0 0 10 0 10 10 0 10')
  const chain = edge(/** @type {any} */ (square))
  assert.ok(between(/** @type {any} */ (chain[0]), /** @type {any} */ (chain.at(-1))) < 1e-12)
  for (const one of circle(vector(40, 89), 0.1)) assert.ok(Math.abs(between(one, vector(40, 89)) - 0.1) < 1e-12)
  // The centre of the Milky Way lies on its plane.
  assert.ok(Math.min(...GALAXY.map((one) => between(one, vector(266.405, -28.936)))) < 0.04)
  for (const look of [WHOLE, { ra: 0.1, dec: 89.9, field: 1 }, { ra: 69, dec: -62, field: 0.01 }, { ra: 359.9999, dec: 0, field: LEAST }]) {
    const lines = graticule(look, 0.5)
    for (const kind of ['ra', 'dec']) {
      const many = lines.filter((line) => line.kind === kind).length
      assert.ok(many >= 2 && many < 220, `${JSON.stringify(look)} ${kind} ${many}`)
    }
  }
})

test('a part of the sky survives the way through the address', () => {
  for (const look of [{ ra: 69.19, dec: -62.077, field: 0.5 }, { ra: 0, dec: 90, field: 180 }]) assert.deepEqual(lookFrom(lookTo(look)), look)
  for (const wrong of ['', '1 2', '1 2 0', '361 0 1', '0 91 1', '1 2 3 4', 'a b c']) assert.equal(lookFrom(wrong), undefined, wrong)
})

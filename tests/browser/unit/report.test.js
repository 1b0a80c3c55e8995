import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { unpack, valueOf, written } from '../../../src/lineform/report/viewer/arrays.js'
import { contrast, finer, rotation, slicing } from '../../../src/lineform/report/viewer/cells.js'
import { pixelTable, ramp } from '../../../src/lineform/report/viewer/colours.js'
import { alphaTable, march } from '../../../src/lineform/report/viewer/march.js'
import { rounds } from '../../../src/lineform/report/viewer/plate.js'

test('an array comes back from its text, of one byte and of two', async () => {
  for (const bits of [8, 16]) {
    const codes = bits === 8 ? new Uint8Array([0, 1, 255]) : new Uint16Array([0, 1, 65535])
    const data = deflateSync(new Uint8Array(codes.buffer)).toString('base64')
    const array = await unpack({ shape: [3], bits, low: 1, high: 100, logarithmic: true, data })
    const values = [...array.codes].map((code) => valueOf(array, code))
    assert.ok(Number.isNaN(values[0]))
    assert.ok(Math.abs((values[1] ?? 0) - 1) < 1e-9)
    assert.ok(Math.abs((values[2] ?? 0) - 100) < 1e-9)
  }
})

test('numbers are written to three digits', () => {
  assert.equal(written(0), '0')
  assert.equal(written(-12.345), '−12.3')
  assert.equal(written(1.2345e-7), '1.23 × 10⁻⁷')
  assert.equal(written(6.02e23), '6.02 × 10²³')
  assert.equal(written(Number.NaN), '–')
})

test('a slice takes the cells that lie in it', () => {
  const shape = [2, 3, 4]
  const at = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ z) => (x * 3 + y) * 4 + z
  const cases = /** @type {const} */ ([
    ['z', 1, 2, 3, (/** @type {number} */ a, /** @type {number} */ b) => at(a, b, 1)],
    ['y', 2, 2, 4, (/** @type {number} */ a, /** @type {number} */ b) => at(a, 2, b)],
    ['x', 0, 4, 3, (/** @type {number} */ a, /** @type {number} */ b) => at(0, b, a)],
  ])
  for (const [axis, place, wide, high, expected] of cases) {
    const cut = slicing(shape, axis, place)
    assert.deepEqual([cut.wide, cut.high], [wide, high])
    for (let a = 0; a < wide; a++) {
      for (let b = 0; b < high; b++) {
        assert.equal(cut.start + a * cut.across + b * cut.upwards, expected(a, b), axis)
      }
    }
  }
})

test('a view is a rotation, and that from the front is what the observer sees', () => {
  const front = rotation(0, 0)
  // -0 is 0.
  const whole = [front.right, front.up, front.viewer].map((row) => row.map((n) => Math.round(n) + 0))
  assert.deepEqual(whole, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
  const rows = Object.values(rotation(0.7, -0.4))
  rows.forEach((a, i) => rows.forEach((b, j) => {
    const product = a.reduce((sum, part, k) => sum + part * (b[k] ?? 0), 0)
    assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-12)
  }))
})

test('a finer cube keeps what is even, and its mean', () => {
  assert.ok(finer(new Uint8Array(8).fill(77), 2).every((code) => code === 77))
  const codes = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 200)
  const made = finer(codes, 4)
  assert.equal(made.length, 512)
  const mean = (/** @type {Uint8Array} */ all) => all.reduce((sum, code) => sum + code, 0) / all.length
  assert.ok(Math.abs(mean(made) - mean(codes)) < 1.5)
})

test('contrast is even where shells are, and shows what stands out of one', () => {
  const side = 8
  const codes = new Uint8Array(side ** 3)
  for (let i = 0; i < codes.length; i++) {
    const [x, y, z] = [Math.floor(i / 64), Math.floor(i / 8) % 8, i % 8]
    codes[i] = 200 - 10 * Math.floor(Math.hypot(x - 3.5, y - 3.5, z - 3.5))
  }
  assert.ok(contrast(codes, side).every((code) => code === 128))
  codes[0] = 250
  assert.ok((contrast(codes, side)[0] ?? 0) > 200)
})

test('rays meet the nearest cell first, from whatever side', () => {
  const side = 8
  const opacity = new Uint8Array(side ** 3)
  const colour = new Uint8Array(side ** 3).fill(1)
  const at = (/** @type {number} */ z) => (4 * side + 4) * side + z
  for (const [z, code] of /** @type {[number, number][]} */ ([[1, 100], [6, 200]])) {
    for (const x of [3, 4]) for (const y of [3, 4]) opacity[(x * side + y) * side + z] = 255
    for (const x of [3, 4]) for (const y of [3, 4]) colour[(x * side + y) * side + z] = code
  }
  assert.equal(opacity[at(6)], 255)
  const table = Uint32Array.from({ length: 256 }, (_, code) => code)
  const alphas = new Float32Array(256)
  alphas[255] = 1
  const scene = { side, opacity, colour, fade: null, table, alphas }
  const size = 9
  const seen = (/** @type {number} */ turn) => {
    const pixels = new Uint32Array(size * size)
    march(scene, pixels, size, turn, 0, 0xff000007)
    return [(pixels[40] ?? 0) & 255, (pixels[0] ?? 0) & 255]
  }
  assert.deepEqual(seen(0), [200, 7])
  assert.deepEqual(seen(Math.PI), [100, 7])
  const fade = new Uint8Array(side ** 3).fill(255)
  const pixels = new Uint32Array(size * size)
  march({ ...scene, fade }, pixels, size, 0, 0, 0xff000007)
  assert.ok(pixels.every((pixel) => (pixel & 255) === 7))
})

test('nothing below the cut is seen, and more above it', () => {
  const alphas = alphaTable(0.5, 48)
  assert.equal(alphas[100], 0)
  assert.ok((alphas[255] ?? 0) > (alphas[200] ?? 0) && (alphas[200] ?? 0) > 0)
})

test('maps of colours go from end to end, and what has no value is clear', () => {
  assert.deepEqual([...ramp('viridis').slice(0, 3)], [0x44, 0x01, 0x54])
  assert.deepEqual([...ramp('viridis').slice(-3)], [0xfd, 0xe7, 0x25])
  assert.equal(pixelTable('cividis', 255)[0], 0)
  // Sequential maps get lighter all the way.
  for (const name of /** @type {const} */ (['viridis', 'cividis', 'magma', 'ember'])) {
    const light = [0, 64, 128, 192, 255].map((i) => {
      const [r = 0, g = 0, b = 0] = ramp(name).slice(3 * i, 3 * i + 3)
      return 0.2126 * (r / 255) ** 2.2 + 0.7152 * (g / 255) ** 2.2 + 0.0722 * (b / 255) ** 2.2
    })
    assert.deepEqual(light, [...light].sort((a, b) => a - b), name)
  }
})

test('ticks are round and lie within the ends', () => {
  assert.deepEqual(rounds(-400, 400, 4), [-400, -200, 0, 200, 400])
  assert.deepEqual(rounds(0.1, 0.9, 4), [0.2, 0.4, 0.6, 0.8].map((n) => Math.round(n / 0.2) * 0.2))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { position, scaleOf, ticks, title, valueAt, wantsLog } from '../../../site_src/app/plot/axes.js'
import { random } from './random.js'

const by = random(23)

/** @param {string} text @param {number} power */
function read(text, power) {
  const plain = text.replace('−', '-').replace(/^10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/, (_, digits) => `1e${[...digits].map((c) => (c === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c))).join('')}`)
  return Number(plain) * 10 ** power
}

test('labels say the value at which they stand, none twice, and lie on the axis', () => {
  for (let run = 0; run < 2000; run++) {
    const log = by.next() < 0.5
    const low = 10 ** (by.next() * 24 - 12) * (log || by.next() < 0.5 ? 1 : -1)
    const max = log ? low * 10 ** (0.05 + by.next() * 12) : low + 10 ** (by.next() * 6 - 3) * Math.abs(low)
    const scale = { min: low, max, log }
    const most = 2 + by.below(10)
    const { major, minor, power } = ticks(scale, most)
    const note = JSON.stringify({ scale, most, texts: major.map(({ text }) => text) })
    assert.equal(new Set(major.map(({ text }) => text)).size, major.length, note)
    assert.ok(major.length >= 2 && major.length <= 2 * Math.max(most, 2) + 3, note)
    for (const { value, text } of major) {
      assert.ok(value >= scale.min - 1e-9 * Math.abs(scale.min) && value <= scale.max + 1e-9 * Math.abs(scale.max), note)
      assert.ok(Math.abs(read(text, power) - value) <= 1e-6 * Math.max(Math.abs(low), Math.abs(max)), note)
    }
    assert.ok(minor.every((value) => position(scale, value) > -1e-6 && position(scale, value) < 1 + 1e-6), note)
  }
})

test('ticks as in print', () => {
  const texts = (/** @type {number} */ min, /** @type {number} */ max, log = false, most = 6) => ticks({ min, max, log }, most).major.map(({ text }) => text)
  assert.deepEqual(texts(0, 1), ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0'])
  assert.deepEqual(texts(-30, 30, false, 7), ['−30', '−20', '−10', '0', '10', '20', '30'])
  assert.deepEqual(texts(1e-8, 1e-5, true), ['10⁻⁸', '10⁻⁷', '10⁻⁶', '10⁻⁵'])
  assert.deepEqual(texts(0.5, 200, true), ['1', '10', '100'])
  assert.deepEqual(texts(2.2, 9, true), ['3', '5', '7'])
  assert.deepEqual(texts(1.1e-7, 1.2e-5, true), ['0.2', '0.5', '1', '2', '5', '10'])
  assert.equal(title({ label: 'Mass', unit: 'M☉' }, 6), 'Mass (10⁶ M☉)')
  assert.equal(title({ label: 'Exponent', unit: '' }), 'Exponent')
})

test('a place on an axis and its value are one another, margins hold every value', () => {
  for (const log of [false, true]) {
    const values = Float64Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? NaN : 10 ** (by.next() * 6 - 3)))
    const scale = scaleOf(values, log)
    assert.ok(scale)
    for (const value of values) {
      if (Number.isNaN(value)) continue
      const at = position(scale, value)
      assert.ok(at > 0 && at < 1 && Math.abs(valueAt(scale, at) / value - 1) < 1e-9)
    }
  }
  assert.equal(scaleOf(Float64Array.of(NaN, -1, 0), true), null)
  const single = scaleOf(Float64Array.of(5, 5), false)
  assert.ok(single && position(single, 5) === 0.5)
  assert.ok(Number.isNaN(position({ min: 1, max: 2, log: true }, -1)))
})

test('scales are logarithmic for positive values over more than a factor of 30', () => {
  assert.equal(wantsLog(Float64Array.of(1, 31)), true)
  assert.equal(wantsLog(Float64Array.of(1, 29)), false)
  assert.equal(wantsLog(Float64Array.of(0, 1000)), false)
  assert.equal(wantsLog(Float64Array.of(NaN)), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inWords } from '../../../site_src/app/browse/chips.js'
import { bytes, count, number, short } from '../../../site_src/app/page/format.js'
import { random } from './random.js'

test('numbers as people read them', () => {
  const cases = /** @type {[number, string][]} */ ([
    [0, '0'], [12, '12'], [-3.5, '−3.5'], [0.123456, '0.1235'], [2500, '2500'], [1e-7, '1 × 10⁻⁷'],
    [-1.23456e-10, '−1.235 × 10⁻¹⁰'], [4.2e12, '4.2 × 10¹²'], [NaN, '–'], [Infinity, '∞'], [-Infinity, '−∞'],
  ])
  for (const [value, text] of cases) assert.equal(number(value), text)
  assert.equal(count(100000), '100,000')
})

test('sizes as people read them', () => {
  assert.deepEqual([0, 999, 1000, 2.34e8, 2e16, NaN].map(bytes), ['0 B', '999 B', '1.00 kB', '234 MB', '20.0 PB', '–'])
})

test('the short text of a number gives the number again', () => {
  const by = random(3)
  for (let run = 0; run < 500; run++) {
    const value = (by.next() - 0.5) * 10 ** (by.below(60) - 30)
    assert.equal(Number(short(value)), value)
  }
  assert.deepEqual([1e-7, 1e-6, 250, 1e21].map(short), ['1e-7', '1e-6', '250', '1e21'])
})

test('filters in words', () => {
  const bare = { type: 'float64', description: '', group: '', bins: null, choices: null, distinct: 0 }
  const columns = new Map([
    ['v', { ...bare, name: 'v', label: 'Speed', unit: 'km s⁻¹', vounit: 'km/s', scales: null }],
    ['f', { ...bare, name: 'f', label: 'Line', unit: 'Hz', vounit: 'Hz', scales: [{ unit: 'GHz', factor: 1e-9, inverse: false }] }],
  ])
  const words = (/** @type {number} */ min, /** @type {number} */ max, name = 'v') => inWords(name, { kind: 'range', min, max }, columns)
  assert.equal(words(5, Infinity), 'Speed ≥ 5 km s⁻¹')
  assert.equal(words(-Infinity, 5), 'Speed ≤ 5 km s⁻¹')
  assert.equal(words(5, 5), 'Speed = 5 km s⁻¹')
  assert.equal(words(1e-7, 5), 'Speed: 1 × 10⁻⁷ to 5 km s⁻¹')
  assert.equal(words(230.538e9, Infinity, 'f'), 'Line ≥ 230.538 GHz')
  assert.equal(inWords('v', { kind: 'choice', values: ['b', 'a'] }, columns), 'Speed: a or b')
  assert.equal(inWords('model_id', { kind: 'ids', ids: ['a', 'b'] }, columns), '2 pasted names')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { opening } from '../../../site_src/app/plot/controls.js'
import { colourBy, countColours, OTHER } from '../../../site_src/app/plot/colouring.js'
import { bytesOf, CATEGORIES, NONE, ramp, STEPS } from '../../../site_src/app/charts/colourmap.js'
import { emptyColumn, fill } from '../../../site_src/app/data/column.js'
import { Nearby } from '../../../site_src/app/plot/nearby.js'
import { drawnLasso, rectangleOf } from '../../../site_src/app/plot/geometry.js'
import { drawable, traced } from '../../../site_src/app/plot/scene.js'
import { quartiles } from '../../../site_src/app/plot/summary.js'
import { lassoFails } from '../../../site_src/app/plot/lasso.js'
import { rasterised } from '../../../site_src/app/plot/points.js'
import { random } from './random.js'

const by = random(5)

/** What readers see who lack a kind of cone (Machado, Oliveira & Fernandes 2009, severity 1). @type {Record<string, number[][]>} */
const EYES = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
const XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
const times = (/** @type {number[][]} */ matrix, /** @type {number[]} */ vector) =>
  matrix.map((row) => row.reduce((sum, part, i) => sum + part * Number(vector[i]), 0))
const linear = (/** @type {string | number[]} */ colour) =>
  (typeof colour === 'string' ? bytesOf(colour) : colour).map((byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4))
const lightness = (/** @type {string} */ colour) => Number(times(XYZ, linear(colour))[1])

/** @param {number[]} rgb linear */
function lab(rgb) {
  const [x = 0, y = 0, z = 0] = times(XYZ, rgb.map((part) => Math.min(Math.max(part, 0), 1)))
  const [a, b, c] = [x / 0.9505, y, z / 1.089].map((part) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116))
  return [116 * Number(b) - 16, 500 * (Number(a) - Number(b)), 200 * (Number(b) - Number(c))]
}
const distance = (/** @type {number[]} */ a, /** @type {number[]} */ b) => Math.hypot(...a.map((part, i) => part - Number(b[i])))

for (const [paper, back] of Object.entries({ light: '#ffffff', dark: '#1a242c' })) {
  const colours = CATEGORIES[/** @type {'light' | 'dark'} */ (paper)]
  test(`categories stay apart for every eye, and from ${paper} paper`, () => {
    for (const eye of Object.values(EYES)) {
      const seen = colours.map((colour) => lab(times(eye, linear(colour))))
      seen.forEach((a, i) => seen.slice(i + 1).forEach((b) => assert.ok(distance(a, b) > 17, `${colours[i]} ${distance(a, b)}`)))
    }
    for (const colour of colours) {
      const [dim = 0, bright = 0] = [lightness(colour), lightness(back)].sort((a, b) => a - b)
      assert.ok((bright + 0.05) / (dim + 0.05) >= 3, colour)
    }
  })
}

test('maps of numbers get lighter all the way, in even steps', () => {
  for (const name of /** @type {const} */ (['onlight', 'ondark', 'inferno'])) {
    const table = ramp(name)
    const light = Array.from({ length: STEPS }, (_, i) => Number(lab(linear([...table.subarray(3 * i, 3 * i + 3)]))[0]))
    const steps = light.slice(16).map((value, i) => value - Number(light[i]))
    assert.ok(Math.min(...steps) > 0.3 * (steps.reduce((a, b) => a + b) / steps.length), name)
  }
})

test('words get colours by how common they are, the rest share the last', () => {
  const words = Array.from({ length: 400 }, (_, i) => (i % 11 === 0 ? null : `kind ${String.fromCharCode(97 + by.below(by.below(12) + 1))}`))
  const column = emptyColumn('text', words.length)
  fill(column, 0, words)
  const { codes, keys } = colourBy(column, { dark: false })
  assert.equal(keys.length, 8)
  assert.equal(keys.at(-1)?.text, OTHER)
  const own = keys.slice(0, -1).map(({ text }) => text)
  words.forEach((word, row) => assert.equal(codes[row], word === null ? NONE : own.includes(word) ? own.indexOf(word) : 7))
  const counts = countColours({ codes, palette: new Uint8Array(), scale: null, keys }, Uint32Array.from(words.keys()))
  keys.forEach(({ count, colour }) => assert.equal(counts[colour], count))
  keys.slice(1, -1).forEach(({ count }, i) => assert.ok(count <= Number(keys[i]?.count)))
})

test('numbers get the colour of their place on the scale', () => {
  const column = emptyColumn('number', 5)
  fill(column, 0, [1, 10, 100, null, 1000])
  const { codes, scale } = colourBy(column, { dark: true })
  assert.deepEqual(scale, { min: 1, max: 1000, log: true })
  assert.deepEqual([...codes], [0, 85, 170, NONE, 254])
  assert.deepEqual([...colourBy(column, { dark: true, log: false }).codes].slice(0, 1), [0])
})

test('the nearest point is found, and none beyond reach', () => {
  const [width, height] = [300, 200]
  const x = Float32Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? NaN : by.next() * 330 - 15))
  const y = Float32Array.from({ length: 3000 }, () => by.next() * 220 - 10)
  const near = new Nearby(x, y, width, height)
  for (let run = 0; run < 400; run++) {
    const [px, py, reach] = [by.next() * width, by.next() * height, 0.5 + by.next() * 20]
    let [best, least] = [-1, reach]
    x.forEach((at, i) => {
      const inside = at >= 0 && at < width && Number(y[i]) >= 0 && Number(y[i]) < height
      const away = Math.hypot(at - px, Number(y[i]) - py)
      if (inside && away <= least) [best, least] = [i, away]
    })
    const found = near.find(px, py, reach)
    // Points in the last, cut cell lie outside the plot.
    if (found < 0 || (Number(x[found]) < width && Number(y[found]) < height)) assert.equal(found, best)
  }
})

test('ink grows with every point, in whatever order they come, in the mean colour', () => {
  const cloud = { palette: Uint8Array.of(200, 0, 0, 0, 0, 100), none: [9, 9, 9] }
  const at = (/** @type {number[]} */ codes) =>
    [...rasterised({ ...cloud, x: new Float32Array(codes.length).fill(8.5), y: new Float32Array(codes.length).fill(8.5), codes: Uint8Array.from(codes) }, 17, 17, 3, 0.25).subarray(4 * (8 * 17 + 8), 4 * (8 * 17 + 9))]
  assert.deepEqual(at([0]), [200, 0, 0, 64])
  assert.deepEqual(at([NONE]), [9, 9, 9, 64])
  assert.deepEqual(at([0, 1]), at([1, 0]))
  assert.deepEqual(at([0, 1]), [100, 0, 50, Math.round(255 * (1 - 0.75 ** 2))])
  const lost = rasterised({ ...cloud, x: Float32Array.of(NaN, -50, 400), y: Float32Array.of(5, 5, 5), codes: Uint8Array.of(0, 0, 0) }, 17, 17, 3, 0.25)
  assert.ok(lost.every((byte) => byte === 0))
})

const box = { left: 40, top: 10, width: 500, height: 300 }

/** @param {string} name @param {number[]} values @param {boolean} log @param {number} factor */
function side(name, values, log, factor = 1) {
  const seen = Float64Array.from(values, (value) => value * factor)
  const known = seen.filter((value) => Number.isFinite(value) && (!log || value > 0))
  return { info: { name, label: name, unit: '' }, factor, values: seen, scale: { min: Math.min(...known), max: Math.max(...known), log } }
}

test('rows without a place are counted by the reason', () => {
  const [x, y] = [side('x', [1, NaN, 0, 4, 5], true), side('y', [1, 2, 3, NaN, 5], false)]
  const { rows, missing, unfit } = drawable(Uint32Array.of(0, 1, 2, 3), x, y)
  assert.deepEqual([[...rows], missing, unfit], [[0], 2, 1])
})

test('a rectangle from numbers holds its ends, whatever the unit and the scale', () => {
  const values = Array.from({ length: 300 }, () => by.below(40) + 1)
  const others = Array.from({ length: 300 }, () => (by.below(40) + 1) * 1e9)
  for (const log of [false, true]) {
    const [x, y] = [side('x', values, log), side('y', others, log, 1e-9)]
    const filter = rectangleOf(x, y, { xmin: 5, xmax: 5, ymin: NaN, ymax: 30 })
    const column = (/** @type {number[]} */ list) => ({ kind: /** @type {const} */ ('number'), values: Float64Array.from(list) })
    const fails = lassoFails(filter, column(values), column(others))
    values.forEach((value, row) => assert.equal(fails[row] === 0, value === 5 && Number(others[row]) <= 30e9))
  }
})

test('an outline goes back to where it was drawn, and bends on another scale', () => {
  const [x, y] = [side('x', [1, 1000], true), side('y', [2e9, 8e9], false, 1e-9)]
  const drawn = /** @type {[number, number][]} */ ([[10, 3], [300, 4], [50, 7]])
  const filter = drawnLasso(x, y, drawn)
  const back = traced(filter, box, x, y)
  const wanted = drawn.map(([a, b]) => [40 + (500 * Math.log10(a)) / 3, 10 + 300 * (1 - (b - 2) / 6)])
  back.forEach((point, i) => assert.ok(distance(point, wanted[i] ?? []) < 0.1))
  const flat = { ...x, scale: { ...x.scale, log: false } }
  const bent = traced(filter, box, flat, y)
  assert.ok(bent.length > 3)
  bent.forEach(([across]) => assert.ok(across >= 40 + (500 * 9) / 999 - 0.1))
  assert.deepEqual(traced({ ...filter, x: 'other' }, box, x, y), [])
  assert.equal(traced(filter, box, y, x).length, 3)
})

test('quartiles are those of the values that are there', () => {
  const { count, values } = quartiles(Float64Array.of(5, NaN, 1, 2, 4, 3, 99), Uint32Array.of(0, 1, 2, 3, 4, 5))
  assert.deepEqual([count, values], [5, [1, 2, 3, 4, 5]])
})

test('the plot opens with columns of many values, observations with their flux', () => {
  const info = (/** @type {string} */ name, /** @type {string} */ group, /** @type {number} */ filled) =>
    /** @type {any} */ ([name, { name, group, type: 'float64', choices: null, bins: { min: 0, max: 1, log: false, counts: Array.from({ length: 32 }, (_, i) => (i < filled ? 3 : 0)) } }])
  const few = [info('rest_frequency', 'Observation', 3), info('inclination', 'Observation', 3)]
  const parameters = [info('steps', 'Parameters', 2), info('rate', 'Parameters', 20), info('speed', 'Parameters', 32)]
  const axes = (/** @type {any[]} */ infos) => Object.values(opening(new Map(infos)))
  assert.deepEqual(axes([...few, info('peak_flux_density', 'Observation', 30), ...parameters]), ['rate', 'peak_flux_density', ''])
  assert.deepEqual(axes([...parameters, info('bytes', 'Model', 32)]), ['rate', 'speed', ''])
  assert.deepEqual(axes(few), ['rest_frequency', 'inclination', ''])
  assert.deepEqual(axes(few.slice(1)), ['inclination', 'inclination', ''])
  assert.deepEqual(axes([]), ['', '', ''])
})

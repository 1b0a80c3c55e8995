import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyColumn, fill } from '../../../site_src/app/data/column.js'
import { linesOf, located, observationOf, observationsOf, parametersOf, viewsOf } from '../../../site_src/app/compare/data.js'
import { meaning, shared } from '../../../site_src/app/compare/scale.js'
import { ramp } from '../../../site_src/app/charts/colourmap.js'
import { nearest, nearestValue, ordered, unitOf } from '../../../site_src/app/charts/spectrumlines.js'

/** @param {any[][]} observations species, transition, frequency, inclination, azimuth */
function model(observations) {
  return /** @type {any} */ ({
    id: 'm',
    observations: observations.map(([species, transition, frequency, inclination, azimuth]) => ({
      group: `${species}-${transition}-${inclination}`, line: `${species} ${transition}`, species, frequency, inclination, azimuth,
    })),
  })
}

const FIRST = model([['SiO', '5-4', 217e9, 90, 0], ['CO', '3-2', 346e9, 0, 0], ['CO', '2-1', 230e9, 45, 120], ['CO', '2-1', 230e9, 0, 0]])
const SECOND = model([['CO', '2-1', 230e9, 90, 10], ['HCN', '4-3', 354e9, null, null]])

test('lines and directions of all models are offered in order, those that lack one say so', () => {
  const models = [FIRST, 'its page is gone', SECOND]
  assert.deepEqual(linesOf(models), ['CO 2-1', 'CO 3-2', 'HCN 4-3', 'SiO 5-4'])
  const views = viewsOf(models, 'CO 2-1')
  assert.deepEqual(views, ['inclination 0°, azimuth 0°', 'inclination 45°, azimuth 120°', 'inclination 90°, azimuth 10°'])
  assert.equal(/** @type {any} */ (observationOf(FIRST, 'CO 2-1', views[1] ?? '')).group, 'CO-2-1-45')
  assert.equal(observationOf(SECOND, 'CO 3-2', views[0] ?? ''), 'has no CO 3-2')
  assert.match(String(observationOf(SECOND, 'CO 2-1', views[0] ?? '')), /^has no CO 2-1 at inclination 0°/)
  assert.equal(observationOf('its page is gone', 'CO 2-1', ''), 'its page is gone')
  assert.match(String(observationOf(undefined, 'CO 2-1', '')), /not been read/)
})

test('a page that cannot be read takes no other with it', async () => {
  const read = async (/** @type {string} */ id) => (id === 'lost' ? Promise.reject(new Error('404')) : FIRST)
  const found = await observationsOf(['one', 'lost'], read)
  assert.deepEqual([...found], [['one', FIRST], ['lost', '404']])
})

test('parameters that differ are told from equal ones, and those that nobody has are left out', () => {
  /** @type {Record<string, [import('../../../site_src/app/data/column.js').Kind, any[]]>} */
  const data = {
    model_id: ['text', ['a', 'b', 'c']],
    model_path: ['text', ['models/a', 'models/b', 'models/c']],
    rate: ['number', [1e-6, 2e-6, 1e-6]],
    speed: ['number', [10, 10, 12]],
    kind: ['text', ['disk', '', 'disk']],
    species: ['list', [['CO', 'SiO'], ['CO', 'SiO'], ['CO']]],
    none: ['number', [null, null, 5]],
  }
  const columns = new Map(Object.entries(data).map(([name, [kind, values]]) => {
    const column = emptyColumn(kind, values.length)
    fill(column, 0, values)
    return [name, column]
  }))
  const catalogue = /** @type {any} */ ({ column: (/** @type {string} */ name) => columns.get(name), has: () => true })
  const types = { number: 'float64', text: 'string', list: 'list<string>' }
  const infos = new Map(Object.entries(data).map(([name, [kind]]) => [name, /** @type {any} */ ({ name, label: name, unit: '', type: types[kind], bins: null })]))
  const models = located(catalogue, ['b', 'x', 'a'])
  assert.deepEqual(models, [{ id: 'b', style: 0, row: 1 }, { id: 'x', style: 1, row: -1 }, { id: 'a', style: 2, row: 0 }])
  const parameters = parametersOf(catalogue, infos, models)
  assert.deepEqual(parameters.map(({ info, same }) => [info.name, same]), [['rate', false], ['speed', true], ['kind', false], ['species', true]])
  assert.deepEqual(parameters.map(({ texts }) => texts), [['2 × 10⁻⁶', '1 × 10⁻⁶'], ['10', '10'], ['–', 'disk'], ['CO, SiO', 'CO, SiO']])
})

test('one scale holds every map', () => {
  const maps = [[0, 4, NaN], [1, 100, 3]]
  assert.deepEqual(shared('moment0', maps, 'linear'), { colours: 'inferno', low: 0, high: 100, stretch: 'linear' })
  assert.deepEqual(shared('moment0', maps, 'log'), { colours: 'inferno', low: 0.1, high: 100, stretch: 'log' })
  const velocities = shared('moment1', [[-7, NaN], [3]], 'log')
  assert.deepEqual([velocities.low, velocities.high, velocities.stretch], [-velocities.high, velocities.high, 'linear'])
})

test('the bar shows the colours of its values, whatever the stretch', () => {
  const table = ramp('inferno')
  for (const [stretch, place] of /** @type {const} */ ([['linear', 64], ['root', 128], ['log', 64]])) {
    const { palette, scale } = meaning({ colours: 'inferno', low: 1, high: 5, stretch })
    // A quarter of the way along the bar.
    assert.deepEqual([...palette.subarray(3 * 64, 3 * 65)], [...table.subarray(3 * place, 3 * place + 3)])
    assert.deepEqual(scale, { min: 1, max: 5, log: stretch === 'log' })
  }
})

test('spectra are put in the order of their velocities, gaps kept', () => {
  const line = ordered({ label: 'a', velocity: [3, 2, 1], flux: [30, NaN, 10] }, 4)
  assert.deepEqual(line, { label: 'a', style: 4, velocity: [1, 2, 3], flux: [10, null, 30] })
  assert.equal(ordered({ label: 'a', velocity: [1], flux: [1], style: 2 }, 4).style, 2)
})

test('values are those of the nearest channel', () => {
  const list = [-3, -1, 0, 4, 9]
  for (let value = -5; value < 12; value += 0.3) {
    const best = list.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a))
    assert.equal(list[nearest(list, value)], best)
  }
  assert.equal(nearestValue([1, undefined, undefined, null, 2], 2), 3)
  assert.equal(unitOf('Flux density (Jy)'), 'Jy')
  assert.equal(unitOf('Ratio'), '')
})

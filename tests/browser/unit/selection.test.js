import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count } from '../../../site_src/app/data/bins.js'
import { emptyColumn, fill, sortRows } from '../../../site_src/app/data/column.js'
import { entries, failing, Selection, tally } from '../../../site_src/app/data/filters.js'
import { random } from './random.js'

const ROWS = 400
const by = random(7)
const some = (/** @type {() => any} */ value) => Array.from({ length: ROWS }, () => (by.next() < 0.1 ? null : value()))

/** @param {'number' | 'text' | 'list'} kind @param {any[]} values */
function column(kind, values) {
  const made = emptyColumn(kind, values.length)
  fill(made, 0, values)
  return made
}

/** @type {Record<string, import('../../../site_src/app/data/column.js').Column>} */
const COLUMNS = {
  rate: column('number', some(() => by.below(50) / 10)),
  kind: column('text', some(() => by.pick(['disk', 'spiral', 'bipolar']))),
  species: column('list', some(() => ['CO', 'HCN', 'SiO'].filter(() => by.next() < 0.5))),
}
/** @type {Record<string, any>} */
const FILTERS = {
  rate: { kind: 'range', min: 1, max: 3.5 },
  kind: { kind: 'choice', values: ['disk', 'spiral'] },
  species: { kind: 'choice', values: ['CO', 'SiO'] },
}

/** @param {string} name @param {number} row */
function passes(name, row) {
  const found = entries(/** @type {any} */ (COLUMNS[name]), row)
  if (name === 'rate') return found.some((value) => Number(value) >= 1 && Number(value) <= 3.5)
  return found.some((value) => FILTERS[name].values.includes(value))
}

const everyRow = Array.from({ length: ROWS }, (_, row) => row)

test('a selection is the rows that pass every filter, whatever order they were set in', () => {
  const selection = new Selection(ROWS)
  const set = new Set()
  for (let run = 0; run < 60; run++) {
    const name = by.pick(Object.keys(FILTERS))
    const remove = by.next() < 0.4
    selection.set(name, remove ? null : failing(FILTERS[name], /** @type {any} */ (COLUMNS[name])))
    if (remove) set.delete(name)
    else set.add(name)
    const wanted = everyRow.filter((row) => [...set].every((other) => passes(other, row)))
    assert.deepEqual([...selection.rows()], wanted)
    const apart = everyRow.filter((row) => [...set].every((other) => other === name || passes(other, row)))
    assert.deepEqual([...selection.rows(name)], apart)
  }
})

test('text filters want every word, in any case', () => {
  const names = column('text', ['Spiral-v12', 'spiral-v13', 'disk-v12', ''])
  assert.deepEqual([...failing({ kind: 'text', text: 'V12 spi' }, names)], [0, 1, 1, 1])
})

test('a range on a column without numbers rejects nothing', () => {
  assert.equal(failing(FILTERS.rate, /** @type {any} */ (COLUMNS.kind)).some(Boolean), false)
})

test('counts of choices add up to the entries of the rows', () => {
  const rows = Uint32Array.from(everyRow.filter((row) => row % 3 === 0))
  const counts = tally(/** @type {any} */ (COLUMNS.species), rows)
  const total = [...rows].reduce((sum, row) => sum + entries(/** @type {any} */ (COLUMNS.species), row).length, 0)
  assert.equal([...counts.values()].reduce((a, b) => a + b), total)
})

test('bins hold every value once, both ends included', () => {
  for (const log of [false, true]) {
    const values = Float64Array.from({ length: 200 }, (_, i) => (i === 0 ? NaN : 10 ** (by.next() * 4)))
    const known = values.slice(1)
    const bins = { min: Math.min(...known), max: Math.max(...known), log, counts: new Array(8).fill(0) }
    const counts = count(bins, values, Uint32Array.from(values.keys()))
    assert.equal(counts.reduce((a, b) => a + b), known.length)
    assert.ok((counts[0] ?? 0) > 0 && (counts[7] ?? 0) > 0)
  }
})

for (const [name, data] of Object.entries(COLUMNS)) {
  for (const descending of [false, true]) {
    test(`sorting by ${name}${descending ? ', descending' : ''}: ordered, stable, missing last`, () => {
      const rows = sortRows(data, Uint32Array.from(everyRow), descending)
      assert.deepEqual([...rows].sort((a, b) => a - b), everyRow)
      const key = (/** @type {number} */ row) => (data.kind === 'number' ? data.values[row] : entries(data, row).join(' '))
      const missing = (/** @type {any} */ value) => value === '' || Number.isNaN(value)
      for (let i = 1; i < ROWS; i++) {
        const [a, b] = [/** @type {number} */ (rows[i - 1]), /** @type {number} */ (rows[i])]
        const [x, y] = [/** @type {any} */ (key(a)), /** @type {any} */ (key(b))]
        if (missing(x) || x === y) assert.ok(missing(y) ? a < b || !missing(x) : x === y && a < b, `${a} ${b}`)
        else if (!missing(y)) assert.ok(descending ? x > y : x < y)
      }
    })
  }
}

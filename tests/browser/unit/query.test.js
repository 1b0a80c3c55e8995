import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyColumn, fill, kindOf } from '../../../site_src/app/data/column.js'
import { failing } from '../../../site_src/app/data/filters.js'
import { compile, expressionOf, QueryError, toSql } from '../../../site_src/app/query/query.js'
import { random } from './random.js'

const ROWS = 300
const by = random(21)
const TEXTS = ['spiral-v1', 'Spiral "x"', 'disk\\v2', "it's", 'Ümlaut é', 'a b\tc', '🌠 K', '', '100%']
const COLUMNS = [
  { name: 'model_id', type: 'string', unit: '' },
  { name: 'rate', type: 'float64', unit: 'solMass/yr' },
  { name: 'odd `name`', type: 'float64', unit: 'km/s' },
  { name: 'not', type: 'int32', unit: '' },
  { name: 'kind', type: 'string', unit: '' },
  { name: 'binary', type: 'bool', unit: '' },
  { name: 'species', type: 'list<string>', unit: '' },
]
const PARTS = /** @type {Record<string, () => any>} */ ({
  float64: () => by.pick([0.1, 1 / 3, -2.5, 1e-7, 3e22, 123456.789, NaN, -0]),
  int32: () => by.pick([0, 1, 2, -3, 1000000]),
  string: () => by.pick(TEXTS),
  bool: () => by.next() < 0.5,
  'list<string>': () => ['CO', 'SiO', 'H"O', 'C\\'].filter(() => by.next() < 0.4),
})
const DATA = new Map(
  COLUMNS.map(({ name, type }) => {
    const column = emptyColumn(kindOf(type), ROWS)
    fill(column, 0, Array.from({ length: ROWS }, () => (by.next() < 0.1 ? null : PARTS[type]?.())))
    return [name, column]
  }),
)
const get = (/** @type {string} */ name) => /** @type {any} */ (DATA.get(name))

/** A filter as the page makes them. @param {{name: string, type: string}} column @returns {any} */
function filter({ name, type }) {
  const values = Array.from(new Set(Array.from(get(name).values).flat().map(String)))
  const some = () => values.filter((/** @type {any} */ value) => value !== '' && value !== 'NaN' && by.next() < 0.3)
  if (name === 'model_id') {
    if (by.next() < 0.5) return { kind: 'ids', ids: [...some(), 'nobody'] }
    return { kind: 'text', text: by.pick(['SPI', 'v 1', 'É', '"x" s', '\\', "it's", ' ']) }
  }
  if (type === 'float64' || (type === 'int32' && by.next() < 0.5)) {
    const ends = [PARTS[type]?.(), PARTS[type]?.()].map((end) => (Number.isNaN(end) ? 0 : end)).sort((a, b) => a - b)
    return { kind: 'range', min: by.next() < 0.3 ? -Infinity : ends[0], max: by.next() < 0.3 ? Infinity : ends[1] }
  }
  return { kind: 'choice', values: some() }
}

test('the filters, written as one query, select the same rows', () => {
  for (let run = 0; run < 150; run++) {
    const chosen = COLUMNS.filter(() => by.next() < 0.4)
    const filters = new Map(chosen.map((column) => [column.name, filter(column)]))
    const text = expressionOf(filters, COLUMNS) ?? assert.fail()
    const query = compile(text, COLUMNS)
    const expected = new Uint8Array(ROWS)
    for (const [name, one] of filters) failing(one, get(name)).forEach((fails, row) => (expected[row] ||= fails))
    assert.deepEqual(query.failing(get, ROWS), expected, text)
    assert.ok(query.columns.every((name) => filters.has(name)), text)
  }
})

test('numbers are written so that they are read again as the same', () => {
  for (let run = 0; run < 500; run++) {
    const value = (by.next() - 0.5) * 10 ** (by.below(600) - 300)
    const text = expressionOf(new Map([['rate', { kind: 'range', min: value, max: value }]]), COLUMNS)
    assert.equal(Number(text?.split(' == ')[1]), value, text ?? '')
  }
})

test('an outline on a plot has no query', () => {
  const filters = /** @type {any} */ ([['(lasso)', { kind: 'lasso' }], ['not', { kind: 'range', min: 1, max: 2 }]])
  assert.equal(expressionOf(filters, COLUMNS), null)
  assert.equal(expressionOf([], COLUMNS), '')
})

test('an empty query selects everything and needs nothing', () => {
  const query = compile(' \n', COLUMNS)
  assert.deepEqual([query.columns, [...query.failing(get, 3)]], [[], [0, 0, 0]])
  assert.equal(toSql('', COLUMNS), 'TRUE')
})

test('names and texts are quoted for SQL', () => {
  assert.equal(toSql('`odd ``name``` <= 2 km/s and kind == "it\'s"', COLUMNS), `("odd \`name\`" <= 2 AND NOT isnan("odd \`name\`")) AND "kind" = 'it''s'`)
})

test('an error selects the place, in the units of JavaScript', () => {
  const text = 'kind == "🌠" and rate > 3 parrots'
  assert.throws(
    () => compile(text, COLUMNS),
    (error) =>
      error instanceof QueryError &&
      text.slice(error.start, error.end) === '3 parrots' &&
      /rate: unknown unit: expected a unit such as solMass\/yr, got 'parrots'.*\[character 24: /.test(error.message) &&
      error.wayOut !== '',
  )
})

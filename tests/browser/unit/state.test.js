import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromQuery } from '../../../site_src/app/browse/reading.js'
import { filtered, LASSO, NAME, switched, TABLES, toQuery, VIEWS } from '../../../site_src/app/browse/state.js'
import { exampleOf } from '../../../site_src/app/browse/where.js'
import { random } from './random.js'

/** @type {Map<string, any>} */
const KINDS = new Map([
  [NAME, 'text'], ['morphology', 'text'], ['species', 'list'], ['rate', 'number'],
  ['sort', 'number'], ['name', 'text'], ['f.name', 'number'], ['q', 'text'], ['f.q', 'number'], ['columns', 'text'],
  ['a b', 'text'], ['50%20 off', 'number'], ['table', 'number'], ['ids', 'text'],
])
/** @type {import('../../../site_src/app/browse/state.js').Openings} */
const OPENINGS = {
  models: { kinds: KINDS, shown: ['morphology', 'rate'], sort: null },
  observations: {
    kinds: new Map([...KINDS].filter(([name]) => name !== 'sort').concat([['line', 'text'], ['species', 'text']])),
    shown: ['line'],
    sort: { column: 'line', descending: false },
  },
}
const IDS = ['spiral-1', 'two words', '100%', '~tilde']

/** A state that a user could reach. @param {ReturnType<typeof random>} by @returns {any} */
function anyState(by) {
  const table = by.pick(TABLES)
  const { kinds, shown, sort } = OPENINGS[table]
  const names = [...kinds.keys()].filter((name) => name !== NAME)
  const axes = () => ({ x: by.pick(names), y: by.pick(names), colour: by.pick(['', ...names]) })
  const order = by.next() < 0.5 ? sort : { column: by.pick([...kinds.keys()]), descending: by.next() < 0.5 }
  return {
    table,
    filters: anyFilters(by, kinds),
    waiting: anyWaiting(by, table),
    unread: by.pick([[], [{ key: 'nothing', value: '1&2', selects: true }, { key: 'f.rate', value: 'é', selects: true }]]),
    where: by.pick(['', 'rate > 1e-6 and species == "C&O"']),
    sort: order ?? sort,
    columns: by.next() < 0.3 ? [...shown] : names.filter(() => by.next() < 0.5),
    view: by.pick(VIEWS),
    plot: by.pick([null, axes()]),
    sky: by.pick([null, { ra: 69.19, dec: -62.077, field: 0.5 }]),
    picked: by.pick([[], IDS.slice(0, 1 + by.below(3))]),
  }
}

/** @param {ReturnType<typeof random>} by @param {Map<string, any>} kinds */
function anyFilters(by, kinds) {
  /** @type {Map<string, any>} */
  const filters = new Map()
  for (const [name, kind] of kinds) {
    if (by.next() < 0.5) continue
    if (name === NAME) filters.set(name, anyName(by))
    else if (kind === 'number') filters.set(name, anyRange(by))
    else filters.set(name, { kind: 'choice', values: ['CO', 'a,b', '<b>', '..', ''].slice(by.below(3), 4) })
  }
  const points = [[1e-7, -3.5], [2, 1e20], [0.1, 0]]
  if (by.next() < 0.3) filters.set(LASSO, { kind: 'lasso', x: 'rate', y: '50%20 off', logx: by.next() < 0.5, logy: false, points })
  return filters
}

/** @param {ReturnType<typeof random>} by @param {string} table */
function anyWaiting(by, table) {
  /** @type {[string, any]} */
  const one = table === 'models' ? ['line', { kind: 'choice', values: ['CO 2-1'] }] : ['sort', anyRange(by)]
  return new Map(by.next() < 0.5 ? [one] : [])
}

/** @param {ReturnType<typeof random>} by */
function anyName(by) {
  return by.next() < 0.5 ? { kind: 'text', text: by.pick(['a', 'x & y', '1e-7 +', 'é=ü']) } : { kind: 'ids', ids: IDS }
}

/** @param {ReturnType<typeof random>} by */
function anyRange(by) {
  const low = (by.next() - 0.5) * 10 ** by.below(20)
  const kinds = [[low, Infinity], [-Infinity, low], [low, low * 1.5], [low, low], [-1e-7, 1e-7]]
  const [min, max] = by.pick(kinds)
  return { kind: 'range', min, max }
}

const plain = (/** @type {any} */ state) => ({ ...state, filters: Object.fromEntries(state.filters), waiting: Object.fromEntries(state.waiting) })

test('a state survives the way through the address', () => {
  const by = random(1)
  for (let run = 0; run < 500; run++) {
    const state = anyState(by)
    const query = toQuery(state, OPENINGS)
    assert.deepEqual(plain(fromQuery(query, OPENINGS)), sorted(state), query)
    assert.equal(toQuery(fromQuery(query, OPENINGS), OPENINGS), query)
  }
})

/** @param {any} state */
function sorted(state) {
  const { filters, ...rest } = plain(state)
  for (const filter of Object.values(filters)) filter.values?.sort()
  return { ...rest, filters }
}

test('the state in which the page opens has an empty address', () => {
  assert.equal(toQuery(fromQuery('', OPENINGS), OPENINGS), '')
  assert.equal(toQuery(fromQuery('?table=observations', OPENINGS), OPENINGS), 'table=observations')
})

test('the order in which the page opens is not in the address', () => {
  const state = fromQuery('?table=observations', OPENINGS)
  assert.deepEqual(state.sort, { column: 'line', descending: false })
  const turned = { ...state, sort: { column: 'line', descending: true } }
  assert.equal(toQuery(turned, OPENINGS), 'table=observations&sort=-line')
  assert.deepEqual(fromQuery('?table=observations&sort=-line', OPENINGS).sort, turned.sort)
})

test('addresses read like what they mean', () => {
  const state = fromQuery('?rate=1e-7..1e-6&morphology=spiral&sort=-rate', OPENINGS)
  assert.deepEqual(state.filters.get('rate'), { kind: 'range', min: 1e-7, max: 1e-6 })
  assert.equal(toQuery(state, OPENINGS), 'morphology=spiral&rate=1e-7..1e-6&sort=-rate')
})

test('every part without a meaning is named, and kept where it asks for rows', () => {
  const selecting = [
    'rate=abc', 'rate=..', 'rate=1..x', 'nothing=1', 'f.rate=1', 'table=x', 'model_id=a', 'lasso=rate rate lin lin 1,2 3,x 4,5',
    'lasso=rate rate lin lin 1,2 3,4', 'lasso=rate no lin lin 1,2 3,4 5,6',
  ]
  for (const query of selecting) {
    const state = fromQuery(query, OPENINGS)
    const [key, value] = /** @type {[string, string]} */ (query.split(/=(.*)/))
    assert.deepEqual([state.filters.size, state.unread], [0, [{ key, value, selects: true }]], query)
    assert.deepEqual(fromQuery(toQuery(state, OPENINGS), OPENINGS), state)
  }
  const views = { sort: 'nothing', columns: 'nothing', view: 'y', plot: 'rate' }
  for (const [key, value] of Object.entries(views)) {
    assert.deepEqual(fromQuery(`${key}=${value}`, OPENINGS).unread, [{ key, value, selects: false }])
  }
  for (const query of ['name=+', 'q=1', 'h=wind', 'utm_source=mail', 'rate=', 'sort=']) {
    const { filters, unread } = fromQuery(query, OPENINGS)
    assert.deepEqual([filters.size, unread], [0, []], query)
  }
  const twice = fromQuery('name=a&ids=b&rate=1&rate=2', OPENINGS).unread.map(({ key, value }) => `${key}=${value}`)
  assert.deepEqual(twice, ['name=a', 'rate=1', 'rate=2'])
  assert.deepEqual(fromQuery('columns=nothing rate', OPENINGS).columns, ['rate'])
})

test('a filter takes the place of what was not understood', () => {
  const state = fromQuery('rate=abc&nothing=1', OPENINGS)
  const { filters, unread } = filtered(state, 'rate', { kind: 'range', min: 1, max: 2 })
  assert.deepEqual([[...filters.keys()], unread.map(({ key }) => key)], [['rate'], ['nothing']])
})

test('filters go along to the other table, and wait where it lacks their columns', () => {
  const state = fromQuery('?rate=1..2&f.sort=3..4&species=CO&ids=a%20b&sort=rate&plot=rate%20sort', OPENINGS)
  const there = switched(state, 'observations', OPENINGS)
  assert.deepEqual([...there.filters.keys()], [NAME, 'species', 'rate'])
  assert.deepEqual([...there.waiting.keys()], ['sort'])
  assert.deepEqual([there.sort, there.columns, there.plot], [OPENINGS.observations.sort, ['line'], null])
  const again = fromQuery(toQuery(there, OPENINGS), OPENINGS)
  assert.deepEqual(again.waiting, there.waiting)
  const back = switched(again, 'models', OPENINGS)
  assert.deepEqual([plain(back).filters, back.waiting.size], [plain(state).filters, 0])
})

test('a list too long for the address stays in the tab, and is missing elsewhere', () => {
  const kept = new Map()
  const storage = { setItem: kept.set.bind(kept), getItem: (/** @type {string} */ key) => kept.get(key) ?? null }
  Object.defineProperty(globalThis, 'sessionStorage', { value: storage, configurable: true })
  const ids = Array.from({ length: 5000 }, (_, i) => `model-${i}`)
  const state = { ...fromQuery('', OPENINGS), filters: new Map([[NAME, /** @type {any} */ ({ kind: 'ids', ids })]]) }
  const query = toQuery(state, OPENINGS)
  assert.ok(query.length < 40, query)
  assert.deepEqual(fromQuery(query, OPENINGS).filters.get(NAME), { kind: 'ids', ids })
  kept.clear()
  assert.deepEqual(fromQuery(query, OPENINGS).filters.get(NAME), { kind: 'ids', ids: [] })
})

test('an example of an expression is of columns that the table has', () => {
  const of = (/** @type {string[]} */ ...names) => exampleOf(new Map(names.map((name) => [name, {}])))
  assert.match(of('species', 'mass_loss_rate', 'dataproduct_type'), /^mass_loss_rate/)
  assert.match(of('dataproduct_type', 's_resolution'), /^dataproduct_type == "cube" and s_resolution/)
  assert.equal(of('dataproduct_type'), 'dataproduct_type == "image"')
  assert.equal(of('species'), '')
})

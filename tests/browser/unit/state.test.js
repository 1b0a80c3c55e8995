import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromQuery, NAME, toQuery } from '../../../site_src/app/state.js'
import { random } from './random.js'

/** @type {Map<string, any>} */
const KINDS = new Map([
  [NAME, 'text'], ['morphology', 'text'], ['species', 'list'], ['rate', 'number'],
  ['sort', 'number'], ['name', 'text'], ['f.name', 'number'], ['q', 'text'], ['f.q', 'number'], ['columns', 'text'], ['a b', 'text'],
])
const SHOWN = ['morphology', 'rate']

/** A state that a user could reach. @param {ReturnType<typeof random>} by */
function anyState(by) {
  const filters = new Map()
  for (const [name, kind] of KINDS) {
    if (by.next() < 0.5) continue
    if (name === NAME) filters.set(name, { kind: 'text', text: by.pick(['a', 'x & y', '1e-7 +', 'é=ü']) })
    else if (kind === 'number') filters.set(name, anyRange(by))
    else filters.set(name, { kind: 'choice', values: ['CO', 'a,b', '<b>', '..', ''].slice(by.below(3), 4) })
  }
  const names = [...KINDS.keys()].filter((name) => name !== NAME && !name.includes(' '))
  const columns = by.next() < 0.3 ? [...SHOWN] : names.filter(() => by.next() < 0.5)
  const sort = by.next() < 0.5 ? null : { column: by.pick([...KINDS.keys()]), descending: by.next() < 0.5 }
  return { filters, sort, columns }
}

/** @param {ReturnType<typeof random>} by */
function anyRange(by) {
  const low = (by.next() - 0.5) * 10 ** by.below(20)
  const kinds = [[low, Infinity], [-Infinity, low], [low, low * 1.5], [low, low], [-1e-7, 1e-7]]
  const [min, max] = by.pick(kinds)
  return { kind: 'range', min, max }
}

const plain = (/** @type {any} */ state) => ({ ...state, filters: Object.fromEntries(state.filters) })

test('a state survives the way through the address', () => {
  const by = random(1)
  for (let run = 0; run < 500; run++) {
    const state = anyState(by)
    const query = toQuery(state, SHOWN)
    assert.deepEqual(plain(fromQuery(query, KINDS, SHOWN)), sorted(state), query)
    assert.equal(toQuery(fromQuery(query, KINDS, SHOWN), SHOWN), query)
  }
})

/** @param {any} state */
function sorted(state) {
  const { filters, ...rest } = plain(state)
  for (const filter of Object.values(filters)) filter.values?.sort()
  return { ...rest, filters }
}

test('the state in which the page opens has an empty address', () => {
  assert.equal(toQuery(fromQuery('', KINDS, SHOWN), SHOWN), '')
})

test('the order in which the page opens is not in the address', () => {
  const first = { column: 'rate', descending: false }
  const state = fromQuery('', KINDS, SHOWN, first)
  assert.deepEqual(state.sort, first)
  assert.equal(toQuery(state, SHOWN, first), '')
  const turned = { ...state, sort: { column: 'rate', descending: true } }
  assert.equal(toQuery(turned, SHOWN, first), 'sort=-rate')
  assert.deepEqual(fromQuery('?sort=-rate', KINDS, SHOWN, first).sort, turned.sort)
})

test('addresses read like what they mean', () => {
  const state = fromQuery('?rate=1e-7..1e-6&morphology=spiral&sort=-rate', KINDS, SHOWN)
  assert.deepEqual(state.filters.get('rate'), { kind: 'range', min: 1e-7, max: 1e-6 })
  assert.equal(toQuery(state, SHOWN), 'morphology=spiral&rate=1e-7..1e-6&sort=-rate')
})

test('what has no meaning is passed over', () => {
  for (const query of ['rate=abc', 'rate=..', 'rate=1..x', 'nothing=1', 'sort=nothing', 'name=+', 'q=1', 'columns=nothing']) {
    const { filters, sort } = fromQuery(query, KINDS, SHOWN)
    assert.deepEqual([filters.size, sort], [0, null], query)
  }
  assert.deepEqual(fromQuery('columns=nothing rate', KINDS, SHOWN).columns, ['rate'])
})

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { tableFromIPC } from 'apache-arrow'
import { stream } from '../../../site_src/app/sql/arrow.js'
import { fitting, EXAMPLES } from '../../../site_src/app/sql/examples.js'
import { fetched } from '../../../site_src/app/sql/module.js'
import { place, scanned, statements } from '../../../site_src/app/sql/plan.js'
import { quoted } from '../../../site_src/app/sql/settings.js'

/** @param {string} table @param {unknown} columns @param {object[]} children */
const scan = (table, columns, children = []) => ({ name: 'SEQ_SCAN', children, extra_info: { Table: table, Projections: columns } })

test('a plan tells the columns of every scan', () => {
  const join = { name: 'JOIN', children: [scan('data.models', ['a', 'b']), scan('observations', 'c'), scan('models', 'd')] }
  assert.deepEqual(
    scanned([join, scan('files', '')]),
    new Map([
      ['models', new Set(['a', 'b', 'd'])],
      ['observations', new Set(['c'])],
      ['files', new Set()],
    ]),
  )
})

test('statements are cut at semicolons that are tokens', () => {
  const text = "SELECT 'é;' ; ;\nSELECT 2"
  const bytes = new TextEncoder().encode(text)
  // As the engine counts: in bytes, with the text of a string as one token.
  const offsets = [0, 7, 13, 15, 17, 24]
  assert.equal(bytes[13], 59)
  const found = statements(text, { offsets, types: [] })
  assert.deepEqual(found.map((one) => one.text.trim()), ["SELECT 'é;'", 'SELECT 2'])
  assert.deepEqual(found.map((one) => one.start), [0, text.lastIndexOf(';') + 1])
})

test('a message points into the statement', () => {
  const statement = 'SELECT a,\n  foo FROM models'
  assert.equal(place('Binder Error: no foo\n\nLINE 2:   foo FROM models\n          ^', statement), statement.indexOf('foo'))
  const long = `SELECT ${'a + '.repeat(50)} foo FROM t`
  const cut = long.slice(150, 220)
  const line = `LINE 1: ...${cut}`
  const caret = ' '.repeat('LINE 1: ...'.length + cut.indexOf('foo'))
  assert.equal(place(`Binder Error: no foo\n\n${line}\n${caret}^`, long), long.indexOf('foo'))
  assert.equal(place('Out of Memory Error: none left', statement), null)
})

test('every type of a column, and missing values, come through Arrow', () => {
  const columns = [
    { name: 's', type: 'string', values: ['ä', null, ''] },
    { name: 'i', type: 'int32', values: [-1, null, 3] },
    { name: 'l', type: 'int64', values: [2n ** 60n, 5, null] },
    { name: 'f', type: 'float64', values: [0.1, NaN, null] },
    { name: 'b', type: 'bool', values: [true, false, null] },
    { name: 't', type: 'list<string>', values: [['x', 'yz'], [], null] },
  ]
  const rows = tableFromIPC(stream(columns)).toArray().map((row) => row.toJSON())
  assert.deepEqual(rows.map(({ s }) => s), ['ä', null, ''])
  assert.deepEqual(rows.map(({ i }) => i), [-1, null, 3])
  assert.deepEqual(rows.map(({ l }) => l), [2n ** 60n, 5n, null])
  assert.deepEqual(rows.map(({ f }) => f), [0.1, NaN, null])
  assert.deepEqual(rows.map(({ b }) => b), [true, false, null])
  assert.deepEqual(rows.map(({ t }) => t && [...t]), [['x', 'yz'], [], null])
})

test('names are quoted where SQL would read them otherwise', () => {
  assert.equal(quoted('mass_loss_rate'), 'mass_loss_rate')
  assert.deepEqual(['order', 'Mass', 'a"b'].map(quoted), ['"order"', '"Mass"', '"a""b"'])
})

test('an example is offered where its columns are', () => {
  const table = (/** @type {string} */ name, /** @type {string[]} */ columns) => ({
    name, about: '', rows: 0, bytes: 0, url: '', columns: columns.map((column) => ({ name: column, type: 'string', unit: '', description: '' })),
  })
  assert.ok(EXAMPLES.length >= 6)
  assert.deepEqual(fitting([table('problems', ['code', 'severity', 'path'])]).map(({ needs }) => needs[0]), ['problems.code'])
})

test('the engine arrives whole, whether or not the host unpacks it', async () => {
  const module = Buffer.from('\0asm and more '.repeat(1000))
  const server = createServer((request, response) => {
    const unpacks = request.url === '/unpacks'
    response.writeHead(request.url === '/gone' ? 404 : 200, unpacks ? { 'Content-Encoding': 'gzip' } : {})
    response.end(gzipSync(module))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const root = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
  try {
    for (const path of ['/plain', '/unpacks']) {
      const seen = /** @type {number[]} */ ([])
      const blob = await fetched(root + path, (size) => seen.push(size))
      assert.deepEqual(Buffer.from(await blob.arrayBuffer()), module)
      assert.equal(blob.type, 'application/wasm')
      assert.ok((seen.at(-1) ?? 0) > 0)
    }
    await assert.rejects(fetched(`${root}/gone`, () => {}), /answered 404/)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

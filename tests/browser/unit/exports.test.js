import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parquetReadObjects } from 'hyparquet'
import { float, lines } from '../../../site_src/app/exports/csv.js'
import { FILES, PREVIEWS, ROWS, SPECTRA } from '../../../site_src/app/exports/formats.js'
import { table } from '../../../site_src/app/exports/parquet.js'
import { quoted } from '../../../site_src/app/exports/shell.js'
import { findFiles } from '../../../site_src/app/downloads/filelist.js'
import { duration, speedOf } from '../../../site_src/app/downloads/plan.js'
import { random } from './random.js'

const HOSTILE = { path: 'a "b" <c> & \\d\'é.h5', url: 'http://h/a%20b?x=1&y=2', mirrors: ['http://m/a'], bytes: 7, sha256: '0'.repeat(64) }
const PLAIN = { path: 'plain.h5', url: 'http://h/plain.h5', mirrors: [], bytes: 9, sha256: '' }
const SOURCE = /** @type {any} */ ({
  async *files() { yield* [HOSTILE, PLAIN] },
  names: async () => ['a', 'b'],
  site: 'https://example.org/p/', stores: ['https://example.org/p/data/'], folders: 2, only: '',
  table: 'models', expression: 'code == "it\'s"',
})

/** @param {AsyncIterable<any>} pieces */
async function whole(pieces) {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

/** @param {string} name @param {object} [more] */
function written(name, more = {}) {
  const format = [...FILES, ...ROWS].find((one) => one.name === name)
  assert.ok(format)
  return whole(format.write({ ...SOURCE, ...more }, () => {}, new AbortController().signal))
}

test('names of formats and files are unique, commands name their file', () => {
  const all = [...new Set([...FILES, ...ROWS, ...SPECTRA, ...PREVIEWS])].filter(({ fits }) => !fits)
  for (const key of /** @type {const} */ (['name', 'filename'])) assert.equal(new Set(all.map((one) => one[key])).size, all.length)
  for (const { command, filename, name } of all) {
    if (command && name !== 'fetch') assert.ok(command(SOURCE).includes(filename), name)
  }
})

test('each list escapes what it must', async () => {
  assert.equal(await written('urls'), `${HOSTILE.url}\n${PLAIN.url}\n`)
  const aria2 = `${HOSTILE.url}\thttp://m/a\n  out=${HOSTILE.path}\n  checksum=sha-256=${HOSTILE.sha256}\n${PLAIN.url}\n  out=plain.h5\n`
  assert.equal(await written('aria2'), aria2)
  assert.equal(await written('checksums'), `\\${HOSTILE.sha256}  ${HOSTILE.path.replace('\\', '\\\\')}\n`)
  assert.ok((await written('curl')).includes('output = "a \\"b\\" <c> & \\\\d\'é.h5"\n'))
  const metalink = await written('metalink')
  assert.ok(metalink.includes('<file name="a &quot;b&quot; &lt;c&gt; &amp; \\d\'é.h5"><size>7</size>'))
  assert.ok(metalink.includes('<url priority="1">http://h/a%20b?x=1&amp;y=2</url><url priority="2">http://m/a</url>'))
  assert.equal(metalink.match(/<hash/g)?.length, 1)
})

test('the command line holds the query, or a list of names where there is none or it is long', async () => {
  const end = '--catalog https://example.org/p/'
  assert.equal(await written('fetch'), `portal fetch 'code == "it'"'"'s"' ${end}\n`)
  assert.equal(await written('fetch', { expression: '' }), `portal fetch ${end}\n`)
  for (const expression of [null, 'x'.repeat(5000)]) {
    assert.equal(await written('fetch', { expression, only: 'observations' }), `portal fetch --names names.txt ${end} --only observations\n`)
  }
  assert.equal(quoted(''), "''")
})

test('a lasso has programs that need no query', async () => {
  assert.match(await written('pandas', { expression: null }), /names\.txt.*models\.parquet/s)
  assert.match(await written('pandas', { expression: null, table: 'observations' }), /rows\.parquet/)
})

test('numbers are written as Arrow writes them', () => {
  const cases = /** @type {[number, string][]} */ ([
    [1, '1'], [1e-7, '1e-7'], [1.69e-7, '1.69e-7'], [1e-6, '0.000001'], [123456789.25, '123456789.25'], [1e9, '1000000000'],
    [1e10, '1e+10'], [1234567890123456, '1.234567890123456e+15'], [1.5e22, '1.5e+22'], [-0, '-0'], [NaN, 'nan'], [Infinity, 'inf'],
  ])
  for (const [value, text] of cases) assert.equal(float(value), text)
})

const COLUMNS = [
  { name: 's', type: 'string' }, { name: 'i', type: 'int64' }, { name: 'x', type: 'float64', unit: 'km/s' },
  { name: 'f', type: 'float32' }, { name: 'b', type: 'bool' }, { name: 'l', type: 'list<string>' }, { name: 'n', type: 'list<int64>' },
]
const VALUES = [
  ['a "b", c', '', null], [1n, null, -3n], [1.5, null, 1e10], [Math.fround(0.1), 2, null], [true, false, null],
  [['CO', 'SiO'], [], null], [[64n, 32n], null, []],
]

/** @param {number} times */
async function* blocks(times) {
  for (let block = 0; block < times; block++) yield { columns: COLUMNS, values: VALUES, length: 3 }
}

test('CSV tells nothing from an empty text and quotes texts alone', async () => {
  assert.equal(await whole(lines(blocks(1))), '"s","i","x","f","b","l","n"\n"a ""b"", c",1,1.5,0.1,true,"CO;SiO","64;32"\n"",,,2,false,"",\n,-3,1e+10,,,,""\n')
})

test('Parquet comes back through a reader', async () => {
  const pieces = []
  for await (const piece of table(blocks(2), new Map([['license', 'X'], ['scan_id', '1']]))) if (typeof piece !== 'string') pieces.push(piece)
  const file = /** @type {ArrayBuffer} */ (pieces[0]?.buffer)
  const rows = await parquetReadObjects({ file })
  const once = [0, 1, 2].map((row) => Object.fromEntries(COLUMNS.map(({ name }, at) => [name, VALUES[at]?.[row]])))
  const told = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? null])))
  assert.deepEqual(told, [...once, ...once])
})

test('speeds and times', () => {
  assert.deepEqual(['100 Mbit/s', '12.5 MB/s', '1Gbit/s', 'fast', '0 bit/s', ''].map(speedOf), [1e8, 1e8, 1e9, NaN, NaN, NaN])
  assert.deepEqual(['100', '100 Mbps', '100 mbps', '12,5 MB/s', '12.5MBps', '0.1 gbit/s', '1,000 Mbit/s', '100 MB'].map(speedOf), [...Array(6).fill(1e8), NaN, NaN])
  assert.deepEqual([0.5, 31, 5400, 9000, 1e6, NaN].map(duration), ['less than 1 s', '31 s', '1 h 30 min', '2 h 30 min', '11.5 days', '–'])
})

const GROUP = 10

/** @param {Record<string, any[]>} columns @param {Set<number>} [read] groups that were read */
function catalogue(columns, read = new Set()) {
  const rows = Object.values(columns)[0]?.length ?? 0
  const ends = Array.from({ length: Math.ceil(rows / GROUP) }, (_, group) => Math.min(rows, (group + 1) * GROUP))
  return /** @type {any} */ ({
    rows, ends,
    groupOf: (/** @type {number} */ row) => Math.floor(row / GROUP),
    column: (/** @type {string} */ name) => ({ values: columns[name] }),
    loadRows: async (/** @type {string[]} */ _, /** @type {number[]} */ wanted) => wanted.forEach((row) => read.add(Math.floor(row / GROUP))),
  })
}

test('files of any models are found, and little else is read', async () => {
  const by = random(11)
  for (let run = 0; run < 40; run++) {
    const ids = Array.from({ length: 100 }, (_, row) => `m${row}`)
    /** @type {{model_id: string, kind: string, bytes: number}[]} */
    const files = []
    for (const id of ids) {
      if (by.next() < 0.9) files.push({ model_id: id, kind: 'model', bytes: 1 + by.below(9) })
      if (by.next() < 0.9) files.push({ model_id: id, kind: 'observation', bytes: 1 + by.below(9) })
      if (by.next() < 0.2) files.push({ model_id: '', kind: by.pick(['other', 'model']), bytes: 5 })
    }
    const bytes = ids.map((id) => files.filter((file) => file.model_id === id).reduce((sum, file) => sum + file.bytes, 0))
    const rows = Uint32Array.from(ids.keys()).filter((row) => (run % 2 ? by.next() < 0.3 : row >= 40 && row < 43))
    const read = new Set()
    const column = (/** @type {'model_id' | 'kind' | 'bytes'} */ name) => files.map((file) => file[name])
    const found = await findFiles(
      catalogue({ model_id: ids, bytes }), rows,
      catalogue({ model_id: column('model_id'), kind: column('kind'), bytes: column('bytes') }, read),
    )
    const wanted = new Set(Array.from(rows, (row) => ids[row]))
    const expected = files.flatMap(({ model_id: id, kind, bytes: size }, row) => (wanted.has(id) ? [{ row, kind, bytes: size }] : []))
    assert.deepEqual(found, expected)
    if (run % 2 === 0 && expected.length > 0) assert.ok(read.size <= 7, `${read.size} of ${files.length / GROUP} parts`)
  }
})

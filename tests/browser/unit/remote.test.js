import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { coalesce, RemoteFile } from '../../../site_src/app/data/remote.js'
import { random } from './random.js'

const BYTES = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i + (i >> 8)) & 0xff)

/** A static host. @param {{ranges?: boolean, suffix?: boolean, small?: boolean}} [how] */
async function host({ ranges = true, suffix = true, small = false } = {}) {
  const body = small ? BYTES.slice(0, 1000) : BYTES
  const seen = /** @type {string[]} */ ([])
  const state = { etag: '"1"', status: 200 }
  const server = createServer((request, response) => {
    const range = request.headers.range ?? ''
    seen.push(range)
    if (state.status !== 200) return response.writeHead(state.status).end('no')
    const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? []
    if (!range || !ranges) return response.writeHead(200, { ETag: state.etag }).end(body)
    // A host that does not know suffixes reads them as the first bytes.
    const last = from === '' && suffix ? body.length - 1 : Math.min(Number(to), body.length - 1)
    const first = from === '' ? (suffix ? Math.max(body.length - Number(to), 0) : 0) : Number(from)
    const header = { ETag: state.etag, 'Content-Range': `bytes ${first}-${last}/${body.length}` }
    return response.writeHead(206, header).end(body.slice(first, last + 1))
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)))
  after(() => server.close())
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://127.0.0.1:${port}/`, seen, state, body }
}

/** @param {RemoteFile} file @param {number} start @param {number} end @param {Uint8Array} body */
async function same(file, start, end, body) {
  assert.deepEqual(new Uint8Array(await file.slice(start, end)), body.slice(start, end))
}

for (const how of [{}, { ranges: false }, { suffix: false }, { small: true }]) {
  test(`any slice equals that of the file on a host ${JSON.stringify(how)}`, async () => {
    const { url, body } = await host(how)
    const file = await RemoteFile.open(url)
    assert.equal(file.byteLength, body.length)
    assert.equal(file.ranges, !('ranges' in how || 'suffix' in how))
    const by = random(5)
    for (let run = 0; run < 20; run++) {
      const start = by.below(body.length)
      await same(file, start, start + 1 + by.below(body.length - start), body)
    }
  })
}

test('what was fetched is not fetched again, neighbours go together', async () => {
  const { url, seen } = await host()
  const file = await RemoteFile.open(url)
  file.prefetch([{ start: 100, end: 200 }, { start: 5000, end: 6000 }, { start: 150_000, end: 150_100 }])
  await same(file, 150_000, 150_050, BYTES)
  await same(file, 5500, 5600, BYTES)
  await same(file, 120, 180, BYTES)
  await same(file, BYTES.length - 100, BYTES.length, BYTES)
  assert.deepEqual(seen.slice(1).sort(), ['bytes=100-5999', 'bytes=150000-150099'])
})

test('a file that is replaced meanwhile is noticed', async () => {
  const { url, state } = await host()
  const file = await RemoteFile.open(url)
  state.etag = '"2"'
  await assert.rejects(file.slice(0, 10), /replaced while you were reading/)
})

test('a failed read names the answer, and the next read tries again', async () => {
  const { url, state } = await host()
  const file = await RemoteFile.open(url)
  state.status = 503
  await assert.rejects(file.slice(0, 10), /answered 503/)
  state.status = 200
  await same(file, 0, 10, BYTES)
})

test('a missing file and a dead host are errors in words', async () => {
  const { url, state } = await host()
  state.status = 404
  await assert.rejects(RemoteFile.open(url), /answered 404/)
  await assert.rejects(RemoteFile.open('http://127.0.0.1:1/'), /cannot be reached/)
})

test('coalesced ranges cover the same bytes in fewer, separate pieces', () => {
  const by = random(11)
  for (let run = 0; run < 200; run++) {
    const ranges = Array.from({ length: 1 + by.below(8) }, () => {
      const start = by.below(1000)
      return { start, end: start + 1 + by.below(100) }
    })
    const gap = by.below(50)
    const merged = coalesce(ranges, gap)
    for (const { start, end } of ranges) assert.ok(merged.some((one) => one.start <= start && end <= one.end))
    merged.slice(1).forEach((one, i) => assert.ok(one.start > (merged[i]?.end ?? 0) + gap))
  }
})

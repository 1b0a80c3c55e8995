import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { DataFile } from '../../../site_src/app/hdf5/datafile.js'

const BYTES = Uint8Array.from({ length: 2_000_000 }, (_, i) => (i * i + (i >> 8)) & 0xff)

/** A data host. @param {{ranges?: boolean, size?: number}} [how] */
async function host({ ranges = true, size = BYTES.length } = {}) {
  const body = BYTES.slice(0, size)
  const seen = /** @type {string[]} */ ([])
  const state = { etag: '"1"', status: 0, shift: 0, cut: 0, hidden: false, silent: false }
  const server = createServer((request, response) => {
    const range = request.headers.range ?? ''
    seen.push(range)
    if (state.status) return response.writeHead(state.status).end('no')
    if (!ranges) return response.writeHead(200, { ETag: state.etag }).end(body)
    if (request.method === 'HEAD') return response.writeHead(200, state.silent ? {} : { 'Content-Length': body.length }).end()
    const [from = 0, to = 0] = (/^bytes=(\d+)-(\d+)$/.exec(range) ?? []).slice(1).map(Number)
    const told = { 'Content-Range': `bytes ${from + state.shift}-${to + state.shift}/${body.length}` }
    return response.writeHead(206, { ETag: state.etag, ...(state.hidden ? {} : told) }).end(body.slice(from, to + 1 - state.cut))
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)))
  after(() => (server.closeAllConnections(), server.close()))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://127.0.0.1:${port}/`, seen, state, bytes: body.length }
}

test('what is asked for at once and lies together comes in one request', async () => {
  const { url, seen, bytes } = await host()
  const file = new DataFile(url, bytes)
  const wanted = [[100, 200], [5000, 6000], [1_500_000, 1_500_100]].map(([start, end]) => ({ start, end }))
  const found = await Promise.all(wanted.map((range) => file.read([range])))
  wanted.forEach(({ start, end }, i) => assert.deepEqual(found[i][0], BYTES.subarray(start, end)))
  assert.deepEqual(seen.sort(), ['bytes=100-5999', 'bytes=1500000-1500099'])
  assert.deepEqual(file.traffic, { requests: 2, bytes: 6000 })
})

test('a host without ranges sends a small file whole, once, and of a large one nothing is taken', async () => {
  const small = await host({ ranges: false, size: 1000 })
  const file = new DataFile(small.url, 1000)
  assert.deepEqual((await file.read([{ start: 5, end: 9 }]))[0], BYTES.subarray(5, 9))
  await file.read([{ start: 900, end: 1000 }])
  assert.equal(small.seen.length, 1)
  const large = await host({ ranges: false })
  await assert.rejects(new DataFile(large.url, large.bytes).read([{ start: 0, end: 9 }]), { trouble: 'ranges' })
})

for (const [what, trouble, change, size] of /** @type {const} */ ([
  ['a file of another size', 'changed', {}, 5],
  ['a file of another size whose host hides Content-Range', 'changed', { hidden: true }, 5],
  ['a host that tells no size', 'hidden', { hidden: true, silent: true }, 0],
  ['a file that is not there', 'missing', { status: 404 }, 0],
  ['a file that became shorter', 'changed', { status: 416 }, 0],
  ['a host that refuses', 'refused', { status: 403 }, 0],
  ['another part than asked for', 'ranges', { shift: 1 }, 0],
  ['fewer bytes than asked for', 'short', { cut: 1 }, 0],
])) {
  test(`${what} is said`, async () => {
    const { url, state, bytes } = await host()
    Object.assign(state, change)
    await assert.rejects(new DataFile(url, bytes + size).read([{ start: 0, end: 9 }]), { trouble })
  })
}

test('a file that is replaced meanwhile is noticed', async () => {
  const { url, state, bytes } = await host()
  const file = new DataFile(url, bytes)
  await file.read([{ start: 0, end: 9 }])
  state.etag = '"2"'
  await assert.rejects(file.read([{ start: 0, end: 9 }]), { trouble: 'changed' })
})

test('a host that hides Content-Range is asked for the size once', async () => {
  const { url, seen, state, bytes } = await host()
  state.hidden = true
  const file = new DataFile(url, bytes)
  for (const end of [9, 90]) assert.equal((await file.read([{ start: 0, end }]))[0]?.length, end)
  assert.deepEqual(seen, ['bytes=0-8', '', 'bytes=0-89'])
})

test('a dead host, and a range outside the file', async () => {
  await assert.rejects(new DataFile('http://127.0.0.1:1/', 10).read([{ start: 0, end: 9 }]), { trouble: 'unreachable' })
  await assert.rejects(new DataFile('http://127.0.0.1:1/', 10).read([{ start: 0, end: 11 }]), { trouble: 'changed' })
})

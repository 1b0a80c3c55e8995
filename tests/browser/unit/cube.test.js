import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { fletcher32, filtersKnown, unfiltered } from '../../../site_src/app/hdf5/chunkfilters.js'
import { Cube, readable } from '../../../site_src/app/hdf5/cube.js'
import { random } from './random.js'
import { counted, tree } from './tree.js'

/** Bytes of numbers, all first bytes first. */
function shuffled(bytes, size) {
  const count = bytes.length / size
  return Uint8Array.from(bytes, (_, i) => bytes[(i % count) * size + Math.floor(i / count)])
}

/** @param {Uint8Array} bytes */
function summed(bytes) {
  const out = new Uint8Array(bytes.length + 4)
  out.set(bytes)
  new DataView(out.buffer).setUint32(bytes.length, fletcher32(bytes), true)
  return out
}

const STORE = {
  '': (bytes) => bytes,
  gzip: (bytes) => deflateSync(bytes),
  'shuffle,gzip': (bytes, size) => deflateSync(shuffled(bytes, size)),
  'shuffle,gzip,fletcher32': (bytes, size) => summed(deflateSync(shuffled(bytes, size))),
}

/** A file with a cube whose values are their own places, some blocks left out. */
function made(shape, chunks, dtype, filters, missing = new Set()) {
  const [size, put] = dtype.endsWith('f4') ? [4, 'setFloat32'] : [8, 'setFloat64']
  const counts = shape.map((length, axis) => Math.ceil(length / chunks[axis]))
  const blocks = []
  const parts = []
  let offset = 0
  for (let n = 0; n < counts[0] * counts[1] * counts[2]; n++) {
    const at = [Math.floor(n / (counts[1] * counts[2])), Math.floor(n / counts[2]) % counts[1], n % counts[2]]
    if (missing.has(n)) continue
    const raw = new Uint8Array(size * chunks[0] * chunks[1] * chunks[2])
    const view = new DataView(raw.buffer)
    for (let i = 0; i < raw.length / size; i++) {
      const inside = [Math.floor(i / (chunks[1] * chunks[2])), Math.floor(i / chunks[2]) % chunks[1], i % chunks[2]]
      const [c, y, x] = at.map((place, axis) => place * chunks[axis] + inside[axis])
      view[put](i * size, value(c, y, x), dtype[0] === '<')
    }
    const stored = STORE[filters](raw, size)
    blocks.push({ corner: at.map((place, axis) => place * chunks[axis]), offset, nbytes: stored.length })
    parts.push(stored)
    offset += stored.length
  }
  const lead = tree(blocks, 8).file.length
  blocks.forEach((block) => (block.offset += lead))
  const { file, root } = tree(blocks, 8)
  const whole = new Uint8Array(lead + offset)
  whole.set(file)
  parts.forEach((part, i) => whole.set(part, blocks[i].offset))
  return { file: counted(whole), data: { shape, chunks, dtype, filters, index: root }, blocks }
}

const value = (c, y, x) => c * 10_000 + y * 100 + x

for (const filters of Object.keys(STORE)) {
  for (const [shape, chunks, dtype] of [[[7, 10, 13], [3, 4, 5], '<f4'], [[5, 6, 6], [5, 6, 6], '>f8'], [[4, 3, 9], [1, 3, 2], '<f8']]) {
    test(`spectra and maps of ${shape} in ${chunks}, ${dtype}, ${filters || 'plain'}`, async () => {
      const { file, data } = made(shape, chunks, dtype, filters)
      assert.ok(readable(data))
      const cube = new Cube(file, data)
      const by = random(shape[0])
      const [c, y, x] = shape.map((length) => by.below(length))
      assert.deepEqual(Array.from(await cube.spectrum(y, x)), Array.from({ length: shape[0] }, (_, i) => value(i, y, x)))
      const map = Array.from({ length: shape[1] * shape[2] }, (_, i) => value(c, Math.floor(i / shape[2]), i % shape[2]))
      assert.ok(cube.missingBytes(c) >= 0)
      assert.deepEqual(Array.from(await cube.channel(c)), map)
      assert.equal(cube.missingBytes(c), 0)
      const before = file.asked.length
      await cube.channel(c)
      assert.equal(file.asked.length, before)
    })
  }
}

test('a block that was never written has no values', async () => {
  const { file, data } = made([4, 4, 4], [2, 2, 2], '<f4', 'gzip', new Set([0]))
  const spectrum = await new Cube(file, data).spectrum(1, 1)
  assert.deepEqual(Array.from(spectrum), [NaN, NaN, value(2, 1, 1), value(3, 1, 1)])
})

test('a damaged block is said, and read again after that', async () => {
  const { file, data, blocks } = made([4, 4, 4], [4, 4, 4], '<f4', 'shuffle,gzip,fletcher32')
  const cube = new Cube(file, data)
  const [right] = await file.read([{ start: blocks[0].offset + 9, end: blocks[0].offset + 10 }])
  right[0] ^= 1
  await assert.rejects(cube.spectrum(1, 1), { name: 'DamagedError' })
  right[0] ^= 1
  assert.equal((await cube.spectrum(1, 1))[0], value(0, 1, 1))
  await assert.rejects(unfiltered(new Uint8Array(9), 'gzip', 0, 4, 64), { name: 'DamagedError' })
  await assert.rejects(unfiltered(new Uint8Array(9), '', 0, 4, 64), { name: 'DamagedError' })
})

test('filters that a block was stored without are not undone', async () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i)
  assert.deepEqual(await unfiltered(shuffled(bytes, 4), 'shuffle,gzip', 0b10, 4, 64), bytes)
})

test('checksums are those that the HDF5 library wrote', () => {
  const of = (length) => Uint8Array.from({ length }, (_, i) => (i * 37) % 251)
  const written = { 1: 0, 2: 2424869, 3: 1246382629, 7: 3881155918, 1000: 2555509424 }
  for (const [length, sum] of Object.entries(written)) assert.equal(fletcher32(of(Number(length))), sum)
  assert.equal(fletcher32(new Uint8Array(4000).fill(255)), 0xffffffff)
})

test('cubes that byte offsets do not reach are told from others', () => {
  const data = { shape: [4, 4, 4], chunks: [2, 2, 2], dtype: '<f4', filters: 'gzip', index: 100 }
  assert.ok(readable(data))
  for (const change of [{ index: null }, { chunks: null }, { dtype: '<c8' }, { filters: 'lzf' }, { filters: 'gzip,szip' }]) {
    assert.ok(!readable({ ...data, ...change }))
  }
  assert.ok(filtersKnown(''))
})

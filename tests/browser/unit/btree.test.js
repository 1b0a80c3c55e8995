import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChunkIndex } from '../../../site_src/app/hdf5/btree.js'
import { random } from './random.js'
import { counted, tree } from './tree.js'

for (const [count, fill, levels] of [[1, 64, 1], [64, 64, 1], [65, 60, 2], [500, 31, 2], [700, 8, 4]]) {
  test(`every block of ${count} is found, and none that is not there`, async () => {
    const by = random(count)
    const corners = Array.from({ length: count }, (_, i) => [Math.floor(i / 50) * 7, Math.floor((i % 50) / 10) * 4, (i % 10) * 4])
    const blocks = corners.map((corner, i) => ({ corner, offset: 10_000 + i * 100, nbytes: 1 + by.below(90) }))
    const made = tree(blocks, fill)
    assert.equal(made.levels, levels)
    const file = counted(made.file)
    const index = new ChunkIndex(file, made.root, 3)
    const some = Array.from({ length: 20 }, () => by.below(count))
    const found = await index.find(some.map((i) => corners[i]))
    some.forEach((i, place) => assert.deepEqual(found[place], { offset: blocks[i].offset, nbytes: blocks[i].nbytes, skipped: 0 }))
    assert.deepEqual(await index.find([[1, 0, 0], [10_000, 0, 0]]), [null, null])
    const before = file.asked.length
    await index.find(some.map((i) => corners[i]))
    assert.equal(file.asked.length, before)
  })
}

test('a small index comes with its root in one request', async () => {
  const blocks = Array.from({ length: 60 }, (_, i) => ({ corner: [i], offset: i, nbytes: 1 }))
  const made = tree(blocks, 64)
  const file = counted(made.file)
  await new ChunkIndex(file, made.root, 1).find([[3], [59]])
  assert.equal(file.asked.length, 1)
})

test('what is no index, or has no end, is refused', async () => {
  const blocks = [{ corner: [0], offset: 5, nbytes: 1 }]
  const { file, root } = tree(blocks, 64)
  await assert.rejects(new ChunkIndex(counted(file), root - 8, 1).find([[0]]), /no index of blocks/)
  file[root + 5] = 1
  new DataView(file.buffer).setBigUint64(root + 24 + 24, BigInt(root), true)
  await assert.rejects(new ChunkIndex(counted(file), root, 1).find([[0]]), /without an end/)
})

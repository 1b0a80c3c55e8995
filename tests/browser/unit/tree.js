// An index of blocks as HDF5 writes it, and a file in memory that notes what is read of it.

const ENTRIES = 64

/**
 * A tree as HDF5 writes it, its nodes behind one another from byte 1000 on, the root last.
 * @param {{corner: number[], offset: number, nbytes: number}[]} blocks in order
 * @param {number} fill entries in a node
 */
export function tree(blocks, fill) {
  const rank = blocks[0].corner.length
  const key = 8 + 8 * (rank + 1)
  const size = 24 + ENTRIES * 8 + (ENTRIES + 1) * key
  /** @type {Uint8Array[]} */
  const nodes = []
  const write = (level, entries) => {
    const bytes = new Uint8Array(size)
    const view = new DataView(bytes.buffer)
    bytes.set(new TextEncoder().encode('TREE'))
    bytes.set([1, level], 4)
    view.setUint16(6, entries.length, true)
    entries.forEach(({ corner, nbytes, offset }, i) => {
      const at = 24 + i * (key + 8)
      view.setUint32(at, nbytes, true)
      corner.forEach((value, axis) => view.setBigUint64(at + 8 + 8 * axis, BigInt(value), true))
      view.setBigUint64(at + key, BigInt(offset), true)
    })
    nodes.push(bytes)
    return { corner: entries[0].corner, nbytes: entries[0].nbytes, offset: 1000 + (nodes.length - 1) * size }
  }
  let entries = blocks
  let level = 0
  do {
    const above = []
    for (let i = 0; i < entries.length; i += fill) above.push(write(level, entries.slice(i, i + fill)))
    entries = above
    level++
  } while (entries.length > 1)
  const file = new Uint8Array(1000 + nodes.length * size + 100)
  nodes.forEach((node, i) => file.set(node, 1000 + i * size))
  return { file, root: entries[0].offset, levels: level }
}

/** @param {Uint8Array} bytes */
export function counted(bytes) {
  const asked = /** @type {{start: number, end: number}[]} */ ([])
  const read = async (ranges) => ranges.map(({ start, end }) => (asked.push({ start, end }), bytes.subarray(start, end)))
  return { asked, read, bytes: bytes.length }
}

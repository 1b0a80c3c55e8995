// The index of the blocks of a dataset: HDF5's B-tree of version 1, read node by node.
// Layout: HDF5 File Format Specification 3.0, section III.A.1.

/** Entries of a node as HDF5 makes them, unless a file was made with another number. */
const ENTRIES = 64
/** Fetched with the root: in small files the next nodes lie right behind it [byte]. */
const AHEAD = 12_288
/** Nodes this far apart are fetched together, since they are small and lie together [byte]. */
const GAP = 1 << 17
const DEEPEST = 16

/**
 * @typedef {import('./datafile.js').DataFile} DataFile
 * @typedef {{offset: number, nbytes: number, skipped: number}} Place of a block in the file
 * @typedef {{level: number, keys: number[][], sizes: number[], masks: number[], children: number[]}} Node
 */

/** Something that is no index. */
export class IndexError extends Error {
  name = 'IndexError'
}

export class ChunkIndex {
  /** @type {Map<number, Promise<Node>>} */
  #nodes = new Map()

  /**
   * @param {Pick<DataFile, 'read' | 'bytes'>} file
   * @param {number} address of the root
   * @param {number} rank axes of the dataset
   */
  constructor(file, address, rank) {
    this.file = file
    this.address = address
    this.rank = rank
  }

  /**
   * Where blocks lie; null for one that was never written.
   * @param {number[][]} corners first element of each block along each axis
   * @returns {Promise<(Place | null)[]>}
   */
  async find(corners) {
    /** @type {(Place | null)[]} */
    const found = corners.map(() => null)
    let pending = [{ address: this.address, wanted: corners.map((_, i) => i) }]
    for (let depth = 0; pending.length > 0; depth++) {
      if (depth > DEEPEST) throw new IndexError('an index without an end')
      const nodes = await this.#read(pending.map(({ address }) => address))
      pending = pending.flatMap(({ wanted }, i) => descend(/** @type {Node} */ (nodes[i]), corners, wanted, found))
    }
    return found
  }

  /**
   * @param {number[]} addresses
   * @returns {Promise<Node[]>}
   */
  #read(addresses) {
    return Promise.all(addresses.map((address) => {
      const known = this.#nodes.get(address)
      if (known) return known
      const node = this.#fetch(address)
      this.#nodes.set(address, node)
      node.catch(() => this.#nodes.delete(address))
      return node
    }))
  }

  /**
   * @param {number} address
   * @returns {Promise<Node>}
   */
  async #fetch(address) {
    const end = address + nodeSize(ENTRIES, this.rank)
    const ahead = address === this.address ? AHEAD : 0
    const kept = this.#ahead && address >= this.#ahead.start && end <= this.#ahead.start + this.#ahead.bytes.length
    if (kept && this.#ahead) return this.#parse(this.#ahead.bytes.subarray(address - this.#ahead.start), address)
    const stop = Math.min(Math.max(end, address + ahead), this.file.bytes)
    const [bytes] = await this.file.read([{ start: address, end: stop }], GAP)
    if (ahead) this.#ahead = { start: address, bytes: /** @type {Uint8Array} */ (bytes) }
    return this.#parse(/** @type {Uint8Array} */ (bytes), address)
  }

  /** What was fetched with the root. @type {{start: number, bytes: Uint8Array} | null} */
  #ahead = null

  /**
   * @param {Uint8Array} bytes
   * @param {number} address
   * @returns {Promise<Node>}
   */
  async #parse(bytes, address) {
    const used = entriesUsed(bytes)
    const size = nodeSize(used, this.rank)
    // A file made with larger nodes.
    if (size > bytes.length) {
      const [whole] = await this.file.read([{ start: address, end: address + size }])
      return parseNode(/** @type {Uint8Array} */ (whole), this.rank)
    }
    return parseNode(bytes, this.rank)
  }
}

/**
 * @param {number} entries
 * @param {number} rank
 */
function nodeSize(entries, rank) {
  return 24 + entries * 8 + (entries + 1) * (8 + 8 * (rank + 1))
}

/** @param {Uint8Array} bytes */
function entriesUsed(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // "TREE", and type 1: blocks of data.
  if (bytes.length < 24 || view.getUint32(0) !== 0x54524545 || bytes[4] !== 1 || Number(bytes[5]) > DEEPEST) {
    throw new IndexError('no index of blocks where the catalogue expects one')
  }
  return view.getUint16(6, true)
}

/**
 * A node out of its bytes.
 * @param {Uint8Array} bytes
 * @param {number} rank
 * @returns {Node}
 */
export function parseNode(bytes, rank) {
  const used = entriesUsed(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  /** @type {Node} */
  const node = { level: Number(bytes[5]), keys: [], sizes: [], masks: [], children: [] }
  const key = 8 + 8 * (rank + 1)
  for (let i = 0, at = 24; i <= used; i++, at += key + 8) {
    node.sizes.push(view.getUint32(at, true))
    node.masks.push(view.getUint32(at + 4, true))
    node.keys.push(Array.from({ length: rank }, (_, axis) => number(view, at + 8 + 8 * axis)))
    if (i < used) node.children.push(number(view, at + key))
  }
  return node
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function number(view, at) {
  // Exact up to 2^53, far beyond any file.
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32
}

/**
 * Note the blocks that a leaf has, or say which nodes below are to be read.
 * @param {Node} node
 * @param {number[][]} corners
 * @param {number[]} wanted
 * @param {(Place | null)[]} found
 */
function descend(node, corners, wanted, found) {
  /** @type {Map<number, number[]>} */
  const below = new Map()
  for (const which of wanted) {
    const corner = /** @type {number[]} */ (corners[which])
    const child = lastNotAbove(node, corner)
    if (child < 0) continue
    if (node.level > 0) below.set(child, [...(below.get(child) ?? []), which])
    else if (compare(node.keys[child] ?? [], corner) === 0) {
      found[which] = {
        offset: Number(node.children[child]), nbytes: Number(node.sizes[child]), skipped: Number(node.masks[child]),
      }
    }
  }
  return [...below].map(([child, which]) => ({ address: Number(node.children[child]), wanted: which }))
}

/**
 * Place of the last child whose first block is not behind `corner`; -1 if there is none.
 * @param {Node} node
 * @param {number[]} corner
 */
function lastNotAbove(node, corner) {
  let low = 0
  let high = node.children.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(node.keys[middle] ?? [], corner) <= 0) low = middle + 1
    else high = middle
  }
  return low - 1
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function compare(a, b) {
  for (let axis = 0; axis < b.length; axis++) {
    const difference = Number(a[axis]) - Number(b[axis])
    if (difference !== 0) return difference
  }
  return 0
}

// An intensity cube read block by block: a pixel's spectrum, or the map of a channel.

import { ChunkIndex } from './btree.js'
import { filtersKnown, unfiltered } from './chunkfilters.js'
import { numbers, numberType } from './dtype.js'

/** Unpacked blocks that are kept [byte]. */
const KEPT = 192 * 2 ** 20

/**
 * @typedef {import('./datafile.js').DataFile} DataFile
 * @typedef {import('./dtype.js').Floats} Floats
 * @typedef {object} CubeData
 * @property {number[]} shape channels, rows, columns
 * @property {number[] | null} chunks
 * @property {string} dtype
 * @property {string} filters
 * @property {number | null} index
 */

/**
 * Whether byte offsets suffice for a cube.
 * @param {CubeData} cube
 */
export function readable({ shape, chunks, dtype, filters, index }) {
  return index !== null && chunks?.length === 3 && shape.length === 3 && numberType(dtype) !== null && filtersKnown(filters)
}

export class Cube {
  #file
  #index
  /** Blocks by their number, the one used last at the end. @type {Map<number, Promise<Floats | null>>} */
  #blocks = new Map()

  /**
   * @param {DataFile} file
   * @param {CubeData} data one that is `readable`
   */
  constructor(file, { shape, chunks, dtype, filters, index }) {
    this.#file = file
    this.shape = shape
    this.chunks = /** @type {number[]} */ (chunks)
    this.dtype = dtype
    this.filters = filters
    this.#index = new ChunkIndex(file, Number(index), 3)
    /** Blocks along each axis. */
    this.counts = shape.map((length, axis) => Math.ceil(length / Number(this.chunks[axis])))
    this.itemsize = Number(numberType(dtype)?.size)
    /** Length of a block, unpacked [byte]. */
    this.blockBytes = this.chunks.reduce((product, length) => product * length, this.itemsize)
  }

  /**
   * The spectrum of a pixel; NaN where nothing was written.
   * @param {number} row
   * @param {number} column
   * @returns {Promise<Float64Array>}
   */
  async spectrum(row, column) {
    const [, height, width] = /** @type {[number, number, number]} */ (this.chunks)
    const [channels] = /** @type {[number]} */ (this.shape)
    const blocks = await this.#load(this.#numbers(null, Math.floor(row / height), Math.floor(column / width)))
    const out = new Float64Array(channels).fill(NaN)
    const at = (row % height) * width + (column % width)
    const [depth] = /** @type {[number]} */ (this.chunks)
    for (let channel = 0; channel < channels; channel++) {
      const block = blocks[Math.floor(channel / depth)]
      if (block) out[channel] = Number(block[(channel % depth) * height * width + at])
    }
    return out
  }

  /**
   * The map of a channel, row by row.
   * @param {number} channel
   * @returns {Promise<Float64Array>}
   */
  async channel(channel) {
    const [depth, height, width] = /** @type {[number, number, number]} */ (this.chunks)
    const [, rows, columns] = /** @type {[number, number, number]} */ (this.shape)
    const blocks = await this.#load(this.#numbers(Math.floor(channel / depth), null, null))
    const out = new Float64Array(rows * columns).fill(NaN)
    blocks.forEach((block, place) => {
      if (!block) return
      const top = Math.floor(place / Number(this.counts[2])) * height
      const left = (place % Number(this.counts[2])) * width
      const right = Math.min(left + width, columns)
      for (let row = top; row < Math.min(top + height, rows); row++) {
        const from = ((channel % depth) * height + row - top) * width - left
        for (let column = left; column < right; column++) out[row * columns + column] = Number(block[from + column])
      }
    })
    return out
  }

  /**
   * Most bytes that the map of a channel may have to fetch: those that are not there, unpacked.
   * @param {number} channel
   */
  missingBytes(channel) {
    const wanted = this.#numbers(Math.floor(channel / Number(this.chunks[0])), null, null)
    return wanted.filter((number) => !this.#blocks.has(number)).length * this.blockBytes
  }

  /**
   * Numbers of the blocks at these places along the axes, null standing for all, in their order.
   * @param {(number | null)[]} places
   */
  #numbers(...places) {
    let found = [0]
    places.forEach((place, axis) => {
      const count = Number(this.counts[axis])
      const along = place === null ? Array.from({ length: count }, (_, i) => i) : [place]
      found = found.flatMap((number) => along.map((at) => number * count + at))
    })
    return found
  }

  /**
   * @param {number[]} wanted
   * @returns {Promise<(Floats | null)[]>}
   */
  #load(wanted) {
    const missing = wanted.filter((number) => !this.#blocks.has(number))
    if (missing.length > 0) {
      const places = this.#index.find(missing.map((number) => this.#corner(number)))
      missing.forEach((number, i) => {
        const block = places.then((found) => this.#block(found[i] ?? null))
        this.#blocks.set(number, block)
        // A failed fetch is forgotten, so that the next read tries again.
        block.catch(() => this.#blocks.delete(number))
      })
    }
    return Promise.all(wanted.map((number) => this.#used(number))).finally(() => this.#forget(new Set(wanted)))
  }

  /** @param {number} number */
  #used(number) {
    const block = /** @type {Promise<Floats | null>} */ (this.#blocks.get(number))
    this.#blocks.delete(number)
    this.#blocks.set(number, block)
    return block
  }

  /** @param {Set<number>} needed */
  #forget(needed) {
    let over = this.#blocks.size * this.blockBytes - KEPT
    for (const number of this.#blocks.keys()) {
      if (over <= 0) return
      if (needed.has(number)) continue
      this.#blocks.delete(number)
      over -= this.blockBytes
    }
  }

  /** @param {number} number */
  #corner(number) {
    const [, rows, columns] = /** @type {[number, number, number]} */ (this.counts)
    const places = [Math.floor(number / (rows * columns)), Math.floor(number / columns) % rows, number % columns]
    return places.map((place, axis) => place * Number(this.chunks[axis]))
  }

  /**
   * @param {import('./btree.js').Place | null} place
   * @returns {Promise<Floats | null>}
   */
  async #block(place) {
    if (!place) return null
    const [stored] = await this.#file.read([{ start: place.offset, end: place.offset + place.nbytes }])
    const bytes = await unfiltered(/** @type {Uint8Array} */ (stored), this.filters, place.skipped, this.itemsize, this.blockBytes)
    return numbers(bytes, this.dtype)
  }
}

// The headers of a FITS file, read from the file itself; its data are passed over.

import { Cards } from './cards.js'

const BLOCK = 2880
/** Blocks that one header may have, and HDUs that are looked at. */
const LONGEST = 2000
const MOST = 200
/** Bytes that a packed file may unpack to while headers are looked for. */
const UNPACKED = 4e9

/**
 * @typedef {{name: string, length: number, varies: boolean}} Column values in a row, and whether rows differ in their number
 *
 * @typedef {object} Hdu
 * @property {number} index
 * @property {string} name EXTNAME
 * @property {Cards} cards
 * @property {number[]} shape NAXIS1 first; of a packed image that of the image
 * @property {'image' | 'compressed' | 'table' | 'groups' | 'empty'} kind
 * @property {Column[]} columns of a table
 * @property {number} rows of a table
 */

/** Something is wrong with a file, in words for its owner. */
export class Unreadable extends Error {}

/**
 * @param {Blob} file
 * @returns {Promise<{hdus: Hdu[], notes: string[]}>}
 */
export async function readHeaders(file) {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer())
  const packed = head[0] === 0x1f && head[1] === 0x8b
  const bytes = packed ? new Unpacked(file) : new Plain(file)
  try {
    return await headers(bytes)
  } finally {
    bytes.close()
  }
}

/** @param {Plain | Unpacked} bytes */
async function headers(bytes) {
  /** @type {Hdu[]} */
  const hdus = []
  const notes = []
  for (let at = 0; hdus.length < MOST; ) {
    const header = await headerAt(bytes, at, hdus.length === 0)
    if (header === null) {
      if ((await bytes.read(at, 1)).length > 0) notes.push(`what follows HDU ${hdus.length - 1} is no header; portal extract looks further`)
      break
    }
    const cards = new Cards(header.text)
    if (!header.ended) {
      notes.push(`the header of HDU ${hdus.length} has no end`)
      break
    }
    const { size, shape } = extent(cards)
    hdus.push(hduOf(hdus.length, cards, shape))
    at += header.blocks * BLOCK + Math.ceil(size / BLOCK) * BLOCK
    if (!(at > 0) || !Number.isSafeInteger(at)) break
  }
  if (hdus.length === MOST) notes.push(`this page reads ${MOST} HDUs at most; portal extract reads all`)
  return { hdus, notes }
}

/**
 * The text of the header at a place; null where the file ends or none begins.
 * @param {Plain | Unpacked} bytes
 * @param {number} at
 * @param {boolean} first
 */
async function headerAt(bytes, at, first) {
  let text = ''
  for (let blocks = 1; blocks <= LONGEST; blocks++) {
    const block = latin(await bytes.read(at + (blocks - 1) * BLOCK, BLOCK))
    if (blocks === 1 && !block.startsWith(first ? 'SIMPLE' : 'XTENSION')) {
      if (first) throw new Unreadable('This is no FITS file: its header does not begin with SIMPLE.')
      return null
    }
    text += block
    for (let card = (blocks - 1) * BLOCK; card + 80 <= text.length; card += 80) {
      if (/^END {5}/.test(text.slice(card, card + 8))) return { text: text.slice(0, card), blocks, ended: true }
    }
    if (block.length < BLOCK) break
  }
  return { text, blocks: 1, ended: false }
}

/** @param {Uint8Array} bytes */
function latin(bytes) {
  // Latin-1, which has a letter for every byte.
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

/**
 * Bytes of the data, and lengths of the axes.
 * @param {Cards} cards
 */
function extent(cards) {
  const shape = lengths(cards, 'NAXIS')
  const groups = shape[0] === 0 && shape.length > 1
  const count = shape.length === 0 ? 0 : (groups ? shape.slice(1) : shape).reduce((product, one) => product * one, 1)
  const pixel = Math.abs(cards.number('BITPIX') ?? 8) / 8
  const size = pixel * (cards.number('GCOUNT') ?? 1) * ((cards.number('PCOUNT') ?? 0) + count)
  return { size: Number.isFinite(size) && size > 0 ? size : 0, shape }
}

/**
 * @param {Cards} cards
 * @param {string} head
 */
function lengths(cards, head) {
  const axes = Math.min(Math.max(cards.number(head) ?? 0, 0), 999)
  return Array.from({ length: axes }, (_, axis) => cards.number(`${head}${axis + 1}`) ?? 0)
}

/**
 * @param {number} index
 * @param {Cards} cards
 * @param {number[]} shape
 * @returns {Hdu}
 */
function hduOf(index, cards, shape) {
  const kind = kindOf(cards, shape)
  const image = kind === 'compressed' ? lengths(cards, 'ZNAXIS') : shape
  const columns = kind === 'table' ? columnsOf(cards) : []
  return { index, name: cards.text('EXTNAME') ?? '', cards, kind, columns, shape: kind === 'table' ? [] : image, rows: kind === 'table' ? shape[1] ?? 0 : 0 }
}

/**
 * @param {Cards} cards
 * @param {number[]} shape
 * @returns {Hdu['kind']}
 */
function kindOf(cards, shape) {
  const extension = (cards.text('XTENSION') ?? '').toUpperCase()
  if (shape.length === 0) return 'empty'
  if (['BINTABLE', 'A3DTABLE', 'TABLE'].includes(extension)) return cards.value('ZIMAGE') === true ? 'compressed' : 'table'
  if (shape[0] === 0 && cards.value('GROUPS') === true) return 'groups'
  return shape.includes(0) ? 'empty' : 'image'
}

/** @param {Cards} cards */
function columnsOf(cards) {
  const count = Math.min(Math.max(cards.number('TFIELDS') ?? 0, 0), 999)
  return Array.from({ length: count }, (_, at) => {
    const form = cards.text(`TFORM${at + 1}`) ?? ''
    // Of columns that differ in length from row to row the longest counts.
    const most = /[PQ]\w\((\d+)\)/.exec(form)?.[1] ?? /^\d+/.exec(form)?.[0] ?? '1'
    return { name: cards.text(`TTYPE${at + 1}`) ?? '', length: /A/i.test(form) ? 1 : Number(most), varies: /^ *\d*[PQ]/.test(form) }
  })
}

/** A file as it is. */
class Plain {
  #file

  /** @param {Blob} file */
  constructor(file) {
    this.#file = file
  }

  /**
   * @param {number} at
   * @param {number} length
   */
  async read(at, length) {
    return new Uint8Array(await this.#file.slice(at, at + length).arrayBuffer())
  }

  close() {}
}

/** A packed file, read forwards only. */
class Unpacked {
  #reader
  #held = new Uint8Array(0)
  /** Where `#held` begins. */
  #from = 0

  /** @param {Blob} file */
  constructor(file) {
    this.#reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  }

  /**
   * @param {number} at
   * @param {number} length
   */
  async read(at, length) {
    while (this.#from + this.#held.length < at + length) {
      if (at > UNPACKED) throw new Unreadable('This packed file is too large to look for headers; unpack it first.')
      if (!(await this.#more(at))) break
    }
    const start = Math.max(at - this.#from, 0)
    return this.#held.slice(start, start + length)
  }

  /**
   * Take the next piece, and forget what lies before `at`.
   * @param {number} at
   */
  async #more(at) {
    let piece
    try {
      piece = await this.#reader.read()
    } catch {
      // Cut off: what came before can be used.
      return false
    }
    if (piece.done) return false
    const gone = Math.min(Math.max(at - this.#from, 0), this.#held.length)
    const joined = new Uint8Array(this.#held.length - gone + piece.value.length)
    joined.set(this.#held.subarray(gone))
    joined.set(piece.value, this.#held.length - gone)
    this.#from += gone
    this.#held = joined
    return true
  }

  close() {
    void this.#reader.cancel().catch(() => {})
  }
}

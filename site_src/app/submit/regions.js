// Footprints as tables write them, in the words of STC-S and DALI: the twin of portal.model.region.

/**
 * @typedef {Record<'flavours' | 'frames' | 'numbers' | 'positions' | 'unions', string[]> & {lengths: Record<string, number>}} RegionWords
 * @typedef {{shape: string, frame: string, numbers: number[]}} Shape [deg]
 *
 * @typedef {object} Region
 * @property {string} frame
 * @property {number[][]} circles right ascension, declination and radius [deg]
 * @property {number[][]} polygons right ascension and declination of each corner in turn [deg]
 * @property {boolean} others whether there is a shape that is not looked at further
 */

/**
 * The region that a text describes; null where it is none.
 * @param {string} text
 * @param {RegionWords} words
 * @param {string} xtype of the column, which names the shape where the text has only numbers
 * @returns {Region | null}
 */
export function parseRegion(text, words, xtype = '') {
  const parts = text.replace(/[()]/g, ' $& ').split(/\s+/).filter(Boolean)
  const bare = words.numbers.includes(xtype) && parts[0] !== undefined && floatOf(parts[0]) !== null
  const found = new Parser(bare ? [xtype.replace(/^multi/, ''), ...parts] : parts, words).shapes()
  if (found.length === 0) return null
  const of = (/** @type {string[]} */ names) => found.filter(({ shape }) => names.includes(shape)).map(({ numbers }) => numbers)
  const [circles, polygons] = [of(['circle', 'allsky']), of(['polygon'])]
  return { frame: found[0]?.frame ?? '', circles, polygons, others: circles.length + polygons.length < found.length }
}

class Parser {
  #place = 0

  /**
   * @param {string[]} parts
   * @param {RegionWords} words
   */
  constructor(parts, words) {
    this.parts = parts
    this.words = words
    this.names = new Set([...Object.keys(words.lengths), 'convex', 'polygon'])
  }

  /** The next word in small letters, '' at the end. */
  get #word() {
    return (this.parts[this.#place] ?? '').toLowerCase()
  }

  /** Each shape; none at all where a word is not understood. @returns {Shape[]} */
  shapes() {
    const found = []
    let around = 'icrs'
    while (this.#place < this.parts.length) {
      const word = this.#word
      this.#place++
      if (this.words.unions.includes(word)) around = this.#frame(around)
      else if (this.names.has(word)) {
        const frame = this.#frame(around)
        const pieces = this.#pieces(word, this.#numbers())
        if (pieces.length === 0) return []
        found.push(...pieces.map((numbers) => ({ shape: word, frame, numbers })))
      } else if (word !== '(' && word !== ')') return []
    }
    return found
  }

  /** The frame that is named next, one that nobody knows too, or the one around it. @param {string} around */
  #frame(around) {
    const { flavours, frames, positions, unions } = this.words
    const known = (/** @type {string} */ word) => this.names.has(word) || [unions, positions, flavours].some((list) => list.includes(word))
    let frame = ''
    for (; this.#place < this.parts.length; this.#place++) {
      const word = this.#word
      const other = /^[\p{L}\p{N}]+$/u.test(word) && !known(word) && floatOf(word) === null
      if (!frame && (frames.includes(word) || other)) frame = word
      else if (!positions.includes(word) && !flavours.includes(word)) break
    }
    return frame || around
  }

  #numbers() {
    const numbers = []
    for (let number; (number = floatOf(this.parts[this.#place] ?? '')) !== null; this.#place++) numbers.push(number)
    if (this.parts.slice(this.#place, this.#place + 2).join(' ').toLowerCase() === 'unit deg') this.#place += 2
    return numbers
  }

  /** The numbers of one shape, or of each polygon between two that are none; none where wrong. @param {string} word @param {number[]} numbers */
  #pieces(word, numbers) {
    if (word === 'allsky') return numbers.length > 0 ? [] : [[0, 0, 180]]
    if (word === 'polygon') {
      const parts = split(numbers)
      return parts.every(isPolygon) ? parts : []
    }
    if (!numbers.every(Number.isFinite)) return []
    if (word === 'convex') return numbers.length > 0 && numbers.length % 4 === 0 ? [numbers] : []
    const [, dec = 0, radius = 0] = numbers
    const good = numbers.length === this.words.lengths[word] && Math.abs(dec) <= 90
    return good && (word !== 'circle' || (radius > 0 && radius <= 180)) ? [numbers] : []
  }
}

/** A number of Python, NaN and infinities too; null for none. @param {string} word */
function floatOf(word) {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) return Number(word)
  if (/^[+-]?inf(inity)?$/i.test(word)) return word.startsWith('-') ? -Infinity : Infinity
  return /^[+-]?nan$/i.test(word) ? NaN : null
}

/** @param {number[]} numbers */
function split(numbers) {
  /** @type {number[][]} */
  const parts = [[]]
  for (const number of numbers) {
    if (!Number.isNaN(number)) parts.at(-1)?.push(number)
    else if (parts.at(-1)?.length) parts.push([])
  }
  return parts.filter((part) => part.length > 0 || parts.length === 1)
}

/** @param {number[]} numbers */
function isPolygon(numbers) {
  const whole = numbers.length >= 6 && numbers.length % 2 === 0
  return whole && numbers.every(Number.isFinite) && numbers.every((number, at) => at % 2 === 0 || Math.abs(number) <= 90)
}

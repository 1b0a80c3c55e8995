// A small histogram that a range is brushed on; the two number fields beside it do the same.

import { position, valueAt } from './bins.js'
import { svg } from './dom.js'

/** Height of the drawing; widths are bins, and the style sheet stretches both. */
const HEIGHT = 40

/** @typedef {import('./bins.js').Bins} Bins */

export class Histogram {
  #bins
  #all = svg('path', { class: 'is-all' })
  #matching = svg('path', { class: 'is-matching' })
  #brush = svg('rect', { class: 'is-brush', y: 0, height: HEIGHT, width: 0 })

  /**
   * @param {Bins} bins of the whole catalogue
   * @param {string} label
   * @param {(min: number, max: number) => void} onbrush
   */
  constructor(bins, label, onbrush) {
    this.#bins = bins
    const width = bins.counts.length
    this.element = svg(
      'svg',
      { class: 'browse-histogram', viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      this.#brush,
      this.#all,
      this.#matching,
    )
    this.#all.setAttribute('d', outline(bins.counts, Math.max(...bins.counts)))
    this.#listen(onbrush)
  }

  /**
   * Draw the counts of the matching rows over those of all.
   * @param {number[]} counts
   */
  draw(counts) {
    this.#matching.setAttribute('d', outline(counts, Math.max(...this.#bins.counts)))
  }

  /**
   * Mark the chosen range.
   * @param {number} min
   * @param {number} max
   */
  mark(min, max) {
    const at = (/** @type {number} */ value) => Math.min(Math.max(position(this.#bins, value), 0), 1)
    const start = min === -Infinity ? 0 : at(min)
    const end = max === Infinity ? 1 : at(max)
    const chosen = min !== -Infinity || max !== Infinity
    this.#shade(chosen ? start : 0, chosen ? end : 0)
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  #shade(start, end) {
    const width = this.#bins.counts.length
    this.#brush.setAttribute('x', String(start * width))
    this.#brush.setAttribute('width', String(Math.max(end - start, 0) * width))
  }

  /** @param {(min: number, max: number) => void} onbrush */
  #listen(onbrush) {
    let from = NaN
    const at = (/** @type {PointerEvent} */ event) => {
      const box = this.element.getBoundingClientRect()
      return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1)
    }
    this.element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return
      from = at(event)
      this.element.setPointerCapture(event.pointerId)
    })
    this.element.addEventListener('pointermove', (event) => {
      if (!Number.isNaN(from)) this.#shade(Math.min(from, at(event)), Math.max(from, at(event)))
    })
    this.element.addEventListener('pointerup', (event) => {
      if (Number.isNaN(from)) return
      const [low, high] = this.#snapped(Math.min(from, at(event)), Math.max(from, at(event)))
      from = NaN
      onbrush(low, high)
    })
    this.element.addEventListener('pointercancel', () => (from = NaN))
  }

  /**
   * Whole bins, so that a brushed range holds what it seems to; open at the ends.
   * @param {number} start
   * @param {number} end
   * @returns {[number, number]}
   */
  #snapped(start, end) {
    const width = this.#bins.counts.length
    const low = Math.floor(start * width)
    const high = Math.max(Math.ceil(end * width), low + 1)
    const round = (/** @type {number} */ value) => Number(value.toPrecision(4))
    return [
      low <= 0 ? -Infinity : round(valueAt(this.#bins, low / width)),
      high >= width ? Infinity : round(valueAt(this.#bins, high / width)),
    ]
  }
}

/**
 * Bars as one path; a bin that is not empty stays visible.
 * @param {number[]} counts
 * @param {number} highest
 */
function outline(counts, highest) {
  return counts
    .map((value, bin) => {
      if (value === 0) return ''
      const height = Math.max((value / highest) * HEIGHT, 1.5)
      return `M${bin + 0.06} ${HEIGHT}V${HEIGHT - height}h.88V${HEIGHT}z`
    })
    .join('')
}

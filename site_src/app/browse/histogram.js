// A small histogram that a range is brushed on, by pointer or by keys; the two number fields
// beside it do the same.

import { position, valueAt } from '../data/bins.js'
import { debounced, h, svg } from '../page/dom.js'

/** Height of the drawing; widths are bins, and the style sheet stretches both. */
const HEIGHT = 40
/** How long to wait for the next key before the table follows, in ms. */
const PAUSE = 300
const STEPS = /** @type {Record<string, number>} */ ({
  ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4, Home: -Infinity, End: Infinity,
})

/** @typedef {import('../data/bins.js').Bins} Bins */

export class Histogram {
  #bins
  #width
  #inWords
  #onbrush
  #all = svg('path', { class: 'is-all' })
  #matching = svg('path', { class: 'is-matching' })
  /** What lies outside the chosen range, on either side. */
  #outside = [0, 1].map(() => svg('rect', { class: 'is-outside', y: 0, height: HEIGHT, width: 0 }))
  /** The chosen part, in bins. */
  #ends = [0, 0]
  #handles
  #typed = debounced(() => this.#emit(), PAUSE)

  /**
   * @param {Bins} bins of the whole table
   * @param {string} label
   * @param {(value: number) => string} inWords a value with its unit
   * @param {(min: number, max: number) => void} onbrush
   */
  constructor(bins, label, inWords, onbrush) {
    this.#bins = bins
    this.#width = bins.counts.length
    this.#inWords = inWords
    this.#onbrush = onbrush
    const spoken = `Distribution of ${label} from ${inWords(bins.min)} to ${inWords(bins.max)}`
    const drawing = svg(
      'svg',
      { viewBox: `0 0 ${this.#width} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': spoken },
      this.#all,
      this.#matching,
      ...this.#outside,
    )
    this.#all.setAttribute('d', outline(bins.counts, Math.max(...bins.counts)))
    this.#handles = ['Lower', 'Upper'].map((word, end) => this.#handle(`${word} end of ${label}`, end))
    this.element = h('div', { class: 'browse-histogram' }, drawing, ...this.#handles)
    this.#listen()
    this.mark(-Infinity, Infinity)
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
    const at = (/** @type {number} */ value) => Math.min(Math.max(position(this.#bins, value), 0), 1) * this.#width
    this.element.classList.toggle('is-open', min === -Infinity && max === Infinity)
    this.#shade(min === -Infinity ? 0 : at(min), max === Infinity ? this.#width : at(max))
  }

  /**
   * @param {number} start in bins
   * @param {number} end
   */
  #shade(start, end) {
    this.#ends = [start, end]
    const parts = [[0, start], [end, this.#width - end]]
    for (const [place, part] of this.#outside.entries()) {
      const [x = 0, width = 0] = parts[place] ?? []
      part.setAttribute('x', String(x))
      part.setAttribute('width', String(Math.max(width, 0)))
    }
    for (const [place, handle] of this.#handles.entries()) {
      const at = this.#ends[place] ?? 0
      handle.style.left = `${(100 * at) / this.#width}%`
      handle.setAttribute('aria-valuenow', String(Number(at.toFixed(2))))
      handle.setAttribute('aria-valuetext', this.#inWords(valueAt(this.#bins, at / this.#width)))
    }
  }

  /**
   * @param {string} label
   * @param {number} end 0 for the lower one
   */
  #handle(label, end) {
    const handle = h('span', {
      class: 'browse-handle', role: 'slider', tabindex: 0, 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': this.#width,
    })
    handle.addEventListener('keydown', (event) => {
      const step = STEPS[event.key]
      if (step === undefined) return
      event.preventDefault()
      this.#step(end, step)
    })
    return handle
  }

  /**
   * Move an end by whole bins; the ends keep one bin between them.
   * @param {number} end
   * @param {number} step
   */
  #step(end, step) {
    let [start = 0, stop = 0] = this.#ends
    const whole = (/** @type {number} */ at) => (step > 0 ? Math.floor(at + 1e-6) : Math.ceil(at - 1e-6)) + step
    if (end === 0) start = Math.min(Math.max(whole(start), 0), Math.ceil(stop) - 1)
    else stop = Math.max(Math.min(whole(stop), this.#width), Math.floor(start) + 1)
    this.element.classList.remove('is-open')
    this.#shade(start, stop)
    this.#typed()
  }

  #listen() {
    let from = NaN
    const at = (/** @type {PointerEvent} */ event) => {
      const box = this.element.getBoundingClientRect()
      return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * this.#width
    }
    this.element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return
      from = at(event)
      this.element.setPointerCapture(event.pointerId)
    })
    this.element.addEventListener('pointermove', (event) => {
      if (Number.isNaN(from)) return
      this.element.classList.remove('is-open')
      this.#shade(Math.min(from, at(event)), Math.max(from, at(event)))
    })
    this.element.addEventListener('pointerup', (event) => {
      if (Number.isNaN(from)) return
      this.#shade(Math.min(from, at(event)), Math.max(from, at(event)))
      from = NaN
      this.#emit()
    })
    this.element.addEventListener('pointercancel', () => (from = NaN))
  }

  /** Whole bins, so that a brushed range holds what it seems to; open at the ends. */
  #emit() {
    const [start = 0, stop = 0] = this.#ends
    const low = Math.floor(start)
    const high = Math.max(Math.ceil(stop), low + 1)
    const value = (/** @type {number} */ at) => Number(valueAt(this.#bins, at / this.#width).toPrecision(4))
    // The edges of whole numbers lie between them.
    const inward = this.#bins.whole ? 0.5 : 0
    this.#onbrush(low <= 0 ? -Infinity : value(low) + inward, high >= this.#width ? Infinity : value(high) - inward)
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

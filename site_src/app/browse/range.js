// A range of numbers: brushed on a histogram or typed into two fields, in a unit of choice.

import { debounced, h } from '../page/dom.js'
import { number, short } from '../page/format.js'
import { Histogram } from './histogram.js'
import { scaled, unitOf, unscaled } from '../data/settings.js'

/** How long to wait for the next key before the table follows, in ms. */
const PAUSE = 300

/** @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo */

export class RangeFields {
  #info
  #bins
  #onrange
  #histogram
  #low
  #high
  #range = { min: -Infinity, max: Infinity }
  /** Which of the column's units the fields are in. */
  #unit = 0

  /**
   * @param {ColumnInfo} info
   * @param {import('../data/bins.js').Bins} bins
   * @param {(min: number, max: number) => void} onrange
   */
  constructor(info, bins, onrange) {
    this.#info = info
    this.#bins = bins
    this.#onrange = onrange
    this.#low = this.#field()
    this.#high = this.#field()
    this.#histogram = new Histogram(bins, info.label, (value) => this.#written(value), onrange)
    const fields = h('div', { class: 'browse-range' }, this.#low, h('span', { 'aria-hidden': 'true' }, 'to'), this.#high)
    this.element = h('div', {}, this.#histogram.element, fields, ...this.#units())
    this.#label()
  }

  /**
   * Show a range; infinite ends are open.
   * @param {number} min
   * @param {number} max
   */
  set(min, max) {
    this.#range = { min, max }
    this.#write(this.#low, min)
    this.#write(this.#high, max)
    this.#histogram.mark(min, max)
  }

  /** @param {number[]} counts of the matching rows */
  draw(counts) {
    this.#histogram.draw(counts)
  }

  get #scale() {
    return this.#info.scales?.[this.#unit]
  }

  #field() {
    const changed = () => this.#changed()
    return h('input', {
      type: 'text', inputmode: 'decimal', autocomplete: 'off', spellcheck: 'false',
      oninput: debounced(changed, PAUSE), onchange: changed,
    })
  }

  /** Buttons for the units, where there is more than one. */
  #units() {
    const scales = this.#info.scales ?? []
    if (scales.length < 2) return []
    const buttons = scales.map(({ unit }, place) => {
      const button = h('button', { type: 'button', 'aria-pressed': String(place === 0) }, unit)
      button.addEventListener('click', () => {
        this.#unit = place
        for (const other of buttons) other.setAttribute('aria-pressed', String(other === button))
        this.#label()
        this.set(this.#range.min, this.#range.max)
      })
      return button
    })
    return [h('div', { class: 'browse-units', role: 'group', 'aria-label': `Unit of ${this.#info.label}` }, ...buttons)]
  }

  #label() {
    const unit = this.#scale?.unit ?? unitOf(this.#info)
    const words = this.#scale?.inverse ? ['Maximum', 'Minimum'] : ['Minimum', 'Maximum']
    const ends = [this.#bins.min, this.#bins.max]
    for (const [place, field] of [this.#low, this.#high].entries()) {
      field.setAttribute('aria-label', `${words[place]} ${this.#info.label}${unit && ` (${unit})`}`)
      field.placeholder = number(scaled(this.#scale, ends[place] ?? NaN), 3)
    }
  }

  #changed() {
    const [min, max] = [this.#read(this.#low, -Infinity), this.#read(this.#high, Infinity)]
    if (min !== null && max !== null) this.#onrange(min, max)
  }

  /** @param {number} value */
  #written(value) {
    const scale = this.#info.scales?.[0]
    return `${number(scaled(scale, value), scale ? 7 : 4)} ${unitOf(this.#info)}`.trim()
  }

  /**
   * The number in a field; `open` for an empty one, null for what is no number.
   * @param {HTMLInputElement} field
   * @param {number} open
   */
  #read(field, open) {
    // A value that nobody touched stays exactly what it was, however short it is written.
    if (field.value !== '' && field.value === field.dataset.text) return Number(field.dataset.value)
    const text = field.value.trim().replace('−', '-')
    const value = text === '' ? open : unscaled(this.#scale, Number(text))
    field.setAttribute('aria-invalid', String(Number.isNaN(value)))
    return Number.isNaN(value) ? null : value
  }

  /**
   * @param {HTMLInputElement} field
   * @param {number} value
   */
  #write(field, value) {
    // The field in use keeps what is being typed: 1e would turn into nothing, 1.0 into 1.
    if (field === document.activeElement && unscaled(this.#scale, Number(field.value)) === value) return
    const text = Number.isFinite(value) ? scaled(this.#scale, value) : NaN
    field.value = Number.isNaN(text) ? '' : short(this.#scale?.inverse ? Number(text.toPrecision(9)) : text)
    field.dataset.text = field.value
    field.dataset.value = String(value)
    field.setAttribute('aria-invalid', 'false')
  }
}

// A result as a table, page by page.

import { h } from '../page/dom.js'
import { count, number } from '../page/format.js'
import { modelPage } from '../page/links.js'

/** @typedef {import('./result.js').Result} Result */

export const PAGE = 100

export class Grid {
  #result
  #page = 0
  #body = h('tbody')
  #place = h('span', { class: 'sql-place', 'aria-live': 'polite' })
  #buttons

  /** @param {Result} result */
  constructor(result) {
    this.#result = result
    this.#buttons = [
      this.#button('First', 'First page', () => 0),
      this.#button('Back', 'Page before', () => this.#page - 1),
      this.#button('Next', 'Next page', () => this.#page + 1),
      this.#button('Last', 'Last page', () => this.#last),
    ]
    const view = h(
      'div',
      { class: 'sql-view', role: 'region', 'aria-label': 'Result', tabindex: 0 },
      h('table', { class: 'sql-table', 'aria-rowcount': result.rows + 1 }, this.#head(), this.#body),
    )
    const pager = h('p', { class: 'sql-pager' }, ...this.#buttons, this.#place)
    pager.hidden = result.rows <= PAGE
    this.element = h('div', {}, view, pager)
    this.#draw()
  }

  get #last() {
    return Math.max(Math.ceil(this.#result.rows / PAGE) - 1, 0)
  }

  #head() {
    const cells = this.#result.columns.map(({ name, type, unit = '', description = '' }) => {
      const detail = h('span', { class: 'sql-unit' }, unit || type)
      return h('th', { scope: 'col', class: kind(type), title: description || false }, h('span', {}, name), ' ', detail)
    })
    return h('thead', {}, h('tr', {}, ...cells))
  }

  /**
   * @param {string} text
   * @param {string} label
   * @param {() => number} to
   */
  #button(text, label, to) {
    const onclick = () => {
      this.#page = Math.min(Math.max(to(), 0), this.#last)
      this.#draw()
    }
    return h('button', { type: 'button', 'aria-label': label, onclick }, text)
  }

  #draw() {
    const { rows } = this.#result
    const start = this.#page * PAGE
    const end = Math.min(start + PAGE, rows)
    this.#body.replaceChildren(...Array.from({ length: end - start }, (_, i) => this.#row(start + i)))
    this.#body.closest('.sql-view')?.scrollTo({ top: 0 })
    this.#place.textContent = `Rows ${count(start + 1)} to ${count(end)} of ${count(rows)}`
    const [first, back, next, last] = this.#buttons
    // A button that has the focus keeps it: aria-disabled, not disabled.
    for (const button of [first, back]) button?.setAttribute('aria-disabled', String(this.#page === 0))
    for (const button of [next, last]) button?.setAttribute('aria-disabled', String(this.#page === this.#last))
  }

  /** @param {number} row */
  #row(row) {
    const cells = this.#result.columns.map(({ name, type }, at) => {
      const value = this.#result.value(at, row)
      if (value === null) return h('td', { class: 'is-none' }, '–')
      if (name === 'model_id') return h('td', {}, h('a', { href: modelPage(String(value)) }, String(value)))
      const exact = Array.isArray(value) ? value.join(', ') : String(value)
      const text = typeof value === 'number' ? number(value, 6) : exact
      return h('td', { class: kind(type), title: (text !== exact || text.length > LONG) && exact }, text)
    })
    return h('tr', { 'aria-rowindex': row + 2 }, ...cells)
  }
}

const LONG = 60

/** @param {string} type */
function kind(type) {
  return /^(int|float)/.test(type) && 'is-number'
}

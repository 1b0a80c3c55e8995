// A table of any length: only the rows on the screen are in the document.

import { h } from '../page/dom.js'
import { shortened } from '../page/names.js'
import { headingOf, measured } from './heading.js'

/** Rows kept above and below the screen. */
const MARGIN = 12

/**
 * @typedef {object} TableColumn
 * @property {string} name
 * @property {string} label
 * @property {string} unit
 * @property {string} description
 * @property {'number' | 'text' | 'name'} style
 * @property {boolean} [wide] whether its values are long
 *
 * @typedef {object} TableSource
 * @property {(name: string, row: number) => string | null} text of a cell; null while it is not there
 * @property {(row: number) => string | null} href of the page of a row
 * @property {(row: number) => HTMLElement | null} picture that stands before the name of a row; null for none
 * @property {(rows: Uint32Array) => Promise<void>} fetch what the cells of some rows need
 * @property {(name: string) => void} sort by a column
 * @property {(row: number) => boolean | null} picked whether the model of a row is to be compared; null where it has none
 * @property {(row: number, on: boolean) => void} pick it, or leave it
 */

export class Table {
  /** @type {TableColumn[]} */
  #columns = []
  /** @type {Uint32Array} */
  #rows = new Uint32Array()
  /** Rows in the document, by their place in the table. @type {Map<number, HTMLTableRowElement>} */
  #drawn = new Map()
  #rowHeight = 36
  /** Place of the row that Tab reaches. */
  #active = 0
  #frame = 0
  /** Whether the focus is on the view in the place of a row that is not in the document. */
  #held = false
  #source
  #view
  #head = h('tr')
  #groups = h('colgroup')
  #above = h('td')
  #below = h('td')
  #body = h('tbody')
  #table

  /**
   * @param {HTMLElement} view the scrolling element
   * @param {TableSource} source
   */
  constructor(view, source) {
    this.#view = view
    this.#source = source
    const spacer = (/** @type {HTMLElement} */ cell) =>
      h('tbody', { 'aria-hidden': 'true', class: 'browse-space' }, h('tr', {}, cell))
    this.#table = h(
      'table',
      { class: 'browse-table', 'aria-describedby': 'browse-keys' },
      this.#groups,
      h('thead', {}, this.#head),
      spacer(this.#above),
      this.#body,
      spacer(this.#below),
    )
    const keys = 'Arrow keys move between rows, Enter opens a page, Space picks a model for comparing.'
    view.replaceChildren(h('p', { id: 'browse-keys', class: 'browse-unseen' }, keys), this.#table)
    view.addEventListener('scroll', () => this.#later(), { passive: true })
    new ResizeObserver(() => this.#later()).observe(view)
    view.addEventListener('keydown', (event) => this.#key(event))
    view.addEventListener('blur', () => (this.#held = false))
    this.#body.addEventListener('change', (event) => this.#changed(event))
    this.#body.addEventListener('focusin', (event) => this.#focused(event))
  }

  /**
   * @param {string} label of the table
   * @param {TableColumn[]} columns
   * @param {import('./state.js').Sort | null} sort
   */
  setColumns(label, columns, sort) {
    this.#table.setAttribute('aria-label', label)
    this.#columns = columns
    this.#groups.replaceChildren(...columns.map(measured))
    const focused = this.#head.contains(document.activeElement) ? document.activeElement?.getAttribute('data-column') : null
    this.#head.replaceChildren(...columns.map((column) => headingOf(column, sort, this.#source.sort)))
    if (focused) this.#head.querySelector(/** @type {'button'} */ (`button[data-column="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true })
    this.#table.setAttribute('aria-colcount', String(columns.length))
    this.#above.colSpan = this.#below.colSpan = columns.length
    this.#clear()
    void this.#draw()
  }

  /**
   * Show other rows; done when those on the screen have their values.
   * @param {Uint32Array} rows
   */
  async setRows(rows) {
    this.#rows = rows
    this.#active = 0
    this.#table.setAttribute('aria-rowcount', String(rows.length + 1))
    this.#view.scrollTop = 0
    this.#clear()
    await this.#draw()
  }

  /** Draw again what has come in since. */
  refresh() {
    for (const [place, element] of this.#drawn) {
      if (element.dataset.waiting !== undefined) this.#cells(place, element)
    }
  }

  /** Tick the boxes of the rows that are picked. */
  repick() {
    for (const [place, element] of this.#drawn) this.#tick(place, element)
  }

  #clear() {
    this.#hold(this.#body)
    this.#drawn.clear()
    this.#body.replaceChildren()
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      void this.#draw()
    })
  }

  async #draw() {
    const first = Math.max(0, Math.floor(this.#view.scrollTop / this.#rowHeight) - MARGIN)
    const fitting = Math.ceil(this.#view.clientHeight / this.#rowHeight) + 2 * MARGIN
    const last = Math.min(this.#rows.length, first + Math.max(fitting, 3 * MARGIN))
    for (const [place, element] of this.#drawn) {
      if (place >= first && place < last) continue
      this.#hold(element)
      element.remove()
      this.#drawn.delete(place)
    }
    this.#insert(first, last)
    this.#above.style.height = `${first * this.#rowHeight}px`
    this.#below.style.height = `${(this.#rows.length - last) * this.#rowHeight}px`
    this.#measure()
    await this.#source.fetch(this.#rows.slice(first, last))
    this.refresh()
    this.#fit()
  }

  /** Widen columns whose numbers and times are cut off; texts go on behind an ellipsis. */
  #fit() {
    /** @type {Map<number, number>} */
    const wanted = new Map()
    for (const element of this.#drawn.values()) {
      for (const [at, cell] of [...element.cells].entries()) {
        if (cell.scrollWidth > cell.clientWidth) wanted.set(at, Math.max(wanted.get(at) ?? 0, cell.scrollWidth))
      }
    }
    for (const [at, width] of wanted) {
      const col = /** @type {HTMLElement | undefined} */ (this.#groups.children[at])
      // A part of a pixel more than it says would bring the ellipsis back.
      if (col && this.#columns[at]?.style === 'number') col.style.width = `${width + 1}px`
    }
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  #insert(first, last) {
    let next = this.#body.firstElementChild
    for (let place = first; place < last; place++) {
      const there = this.#drawn.get(place)
      if (there) {
        next = there.nextElementSibling
        continue
      }
      const element = h('tr', { 'aria-rowindex': place + 2 })
      this.#cells(place, element)
      this.#drawn.set(place, element)
      this.#body.insertBefore(element, next)
    }
  }

  /** Rows are as high as the font makes them, which the reader may have changed. */
  #measure() {
    const height = this.#body.firstElementChild?.getBoundingClientRect().height
    if (!height || Math.abs(height - this.#rowHeight) < 0.1) return
    this.#rowHeight = height
    this.#later()
  }

  /**
   * @param {number} place
   * @param {HTMLTableRowElement} element
   */
  #cells(place, element) {
    const row = /** @type {number} */ (this.#rows[place])
    let waiting = false
    const focused = element.contains(document.activeElement)
    const cells = this.#columns.map(({ name, style }) => {
      const text = this.#source.text(name, row)
      waiting ||= text === null
      if (style === 'name') return h('th', { scope: 'row', class: 'is-name' }, ...this.#link(place, row, text))
      const known = text === null ? { class: `is-${style} is-waiting` } : { class: `is-${style}`, title: text }
      return h('td', known, text ?? '')
    })
    element.replaceChildren(...cells)
    if (focused) this.#focus(place)
    element.classList.toggle('is-picked', this.#source.picked(row) === true)
    if (waiting) element.dataset.waiting = ''
    else delete element.dataset.waiting
  }

  /**
   * @param {number} place
   * @param {number} row
   * @param {string | null} text
   */
  #link(place, row, text) {
    const href = this.#source.href(row)
    if (text === null || href === null) return [h('span', { class: 'is-waiting', tabindex: -1 }, '…')]
    const link = h('a', { href, title: text, tabindex: place === this.#active ? 0 : -1 }, ...shortened(text))
    const picked = this.#source.picked(row)
    const picture = this.#source.picture(row)
    if (picked === null) return picture ? [picture, link] : [link]
    const label = `Compare ${text}`
    const box = h('input', { type: 'checkbox', 'aria-label': label, title: 'Pick for comparing', tabindex: -1 })
    box.checked = picked
    return [box, link]
  }

  /**
   * @param {number} place
   * @param {HTMLTableRowElement} element
   */
  #tick(place, element) {
    const box = element.querySelector('input')
    const on = this.#source.picked(/** @type {number} */ (this.#rows[place]))
    if (box) box.checked = on === true
    element.classList.toggle('is-picked', on === true)
  }

  /** @param {Event} event */
  #changed(event) {
    const box = /** @type {HTMLInputElement} */ (event.target)
    this.#pick(placeOf(box), box.checked)
  }

  /**
   * @param {number} place
   * @param {boolean} on
   */
  #pick(place, on) {
    const row = this.#rows[place]
    if (row !== undefined && this.#source.picked(row) !== null) this.#source.pick(row, on)
    // A pick that is refused shows that it was.
    this.repick()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // The view scrolls by its keys as long as it does not stand for a row.
    if (!this.#held && !this.#body.contains(/** @type {Node} */ (event.target))) return
    if (event.key === ' ' && event.target instanceof HTMLAnchorElement) {
      event.preventDefault()
      const row = this.#rows[this.#active]
      if (row !== undefined) this.#pick(this.#active, !this.#source.picked(row))
      return
    }
    const page = Math.max(1, Math.floor(this.#view.clientHeight / this.#rowHeight) - 2)
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }
    const step = steps[/** @type {keyof typeof steps} */ (event.key)]
    if (step === undefined || event.altKey || event.metaKey) return
    event.preventDefault()
    this.#activate(Math.min(Math.max(this.#active + step, 0), this.#rows.length - 1))
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const place = placeOf(/** @type {HTMLElement} */ (event.target))
    if (place >= 0) this.#move(place)
  }

  /** @param {number} place */
  #move(place) {
    this.#drawn.get(this.#active)?.querySelector('a')?.setAttribute('tabindex', '-1')
    this.#active = place
    this.#drawn.get(place)?.querySelector('a')?.setAttribute('tabindex', '0')
  }

  /** @param {number} place */
  #activate(place) {
    const top = place * this.#rowHeight
    const room = this.#view.clientHeight - this.#head.offsetHeight - this.#rowHeight
    if (top < this.#view.scrollTop) this.#view.scrollTop = top
    else if (top > this.#view.scrollTop + room) this.#view.scrollTop = top - room
    void this.#draw()
    this.#move(place)
    this.#focus(place)
  }

  /** @param {number} place */
  #focus(place) {
    /** @type {HTMLElement | null | undefined} */
    const target = this.#drawn.get(place)?.querySelector('a, span.is-waiting')
    target?.focus({ preventScroll: true })
  }

  /**
   * Keep the focus, and with it the keys, when what has it goes.
   * @param {HTMLElement} leaving
   */
  #hold(leaving) {
    if (!leaving.contains(document.activeElement)) return
    this.#view.focus({ preventScroll: true })
    this.#held = true
  }
}

/**
 * Place in the table of the row that an element stands in.
 * @param {HTMLElement} element
 */
function placeOf(element) {
  return Number(element.closest('tr')?.getAttribute('aria-rowindex')) - 2
}

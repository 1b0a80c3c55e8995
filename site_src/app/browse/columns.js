// The panel that chooses the columns of the table.

import { h } from '../page/dom.js'
import { unitOf } from '../data/settings.js'

/** From how many columns on there is a field to search them. */
const SEARCHED = 10

/** @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo */

export class ColumnChooser {
  /** @type {{name: string, text: string, input: HTMLInputElement, line: HTMLElement}[]} */
  #boxes = []
  /** @type {string[]} */
  #order = []
  #first
  #list = h('div', { class: 'browse-choices', role: 'group', 'aria-label': 'Columns of the table' })
  #field
  #element

  /**
   * @param {HTMLElement} element
   * @param {(shown: string[]) => void} onchange
   */
  constructor(element, onchange) {
    this.#element = element
    this.#first = h('button', { type: 'button', class: 'browse-clear' }, 'As at first')
    this.#field = h('input', {
      type: 'search', class: 'browse-find', autocomplete: 'off', spellcheck: 'false', placeholder: 'Find a column',
      'aria-label': 'Find a column', oninput: () => this.#find(),
    })
    this.#list.addEventListener('change', () => {
      const ticked = new Set(this.#boxes.filter(({ input }) => input.checked).map(({ name }) => name))
      // Columns that stay keep their places; new ones join at the end.
      onchange([...this.#order.filter((name) => ticked.delete(name)), ...ticked])
    })
    element.replaceChildren(this.#field, this.#list, this.#first)
    this.#first.addEventListener('click', () => onchange([...this.#opening]))
  }

  /** @type {string[]} */
  #opening = []

  /**
   * Offer the columns of a table.
   * @param {string} table
   * @param {ColumnInfo[]} columns
   * @param {string[]} opening columns shown at first
   * @param {string[]} shown
   */
  show(table, columns, opening, shown) {
    if (this.#element.dataset.table !== table) {
      this.#boxes = columns.map(box)
      this.#field.value = ''
      this.#field.hidden = columns.length < SEARCHED
      this.#list.replaceChildren(...this.#boxes.map(({ line }) => line))
    }
    this.#element.dataset.table = table
    this.#opening = opening
    this.#order = shown
    this.#first.hidden = shown.join() === opening.join()
    for (const { name, input } of this.#boxes) input.checked = shown.includes(name)
  }

  #find() {
    const words = this.#field.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const { text, line } of this.#boxes) line.hidden = !words.every((word) => text.includes(word))
  }
}

/** @param {ColumnInfo} info */
function box(info) {
  const { name, label, description } = info
  const input = h('input', { type: 'checkbox', value: name })
  const text = h('span', { class: 'browse-value' }, label)
  const line = h('label', { title: description }, input, text, h('span', { class: 'browse-unit' }, unitOf(info)))
  return { name, input, line, text: `${name} ${label} ${description}`.toLowerCase() }
}

// Values to tick, with live counts; where there are many, a field that searches among them.

import { h } from '../page/dom.js'
import { tally } from '../data/filters.js'
import { fold } from './fold.js'
import { count } from '../page/format.js'

/** Values in the document at once. */
const MOST = 40
/** From how many values on there is a field to search them. */
const SEARCHED = 12

/**
 * @param {import('../data/settings.js').ColumnInfo} info
 * @param {import('./facets.js').OnFilter} onfilter
 * @returns {import('./facets.js').Facet}
 */
export function choiceFacet(info, onfilter) {
  const { name } = info
  const list = new Choices(info, (values) => onfilter(name, values.length > 0 ? { kind: 'choice', values } : null))
  return {
    name,
    searching: info.choices === null,
    element: fold(info, list.element, () => onfilter(name, null)),
    set: (filter) => list.set(filter?.kind === 'choice' ? filter.values : []),
    count: (column, rows) => list.count(tally(column, rows)),
    reset: () => list.count(new Map(info.choices)),
  }
}

class Choices {
  /** All values with their counts, the commonest of the whole table first. @type {Map<string, number>} */
  #counts
  /** @type {Set<string>} */
  #chosen = new Set()
  #field
  #list
  #rest = h('p', { class: 'browse-rest' })
  #onchange

  /**
   * @param {import('../data/settings.js').ColumnInfo} info
   * @param {(values: string[]) => void} onchange
   */
  constructor(info, onchange) {
    this.#onchange = onchange
    this.#counts = new Map(info.choices)
    this.#field = h('input', {
      type: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: `Search ${count(info.distinct)} values`,
      'aria-label': `Search among the values of ${info.label}`, oninput: () => this.#draw(),
    })
    this.#field.hidden = info.distinct <= SEARCHED
    this.#list = h('div', { role: 'group', 'aria-label': info.label, class: 'browse-choices' })
    this.#list.addEventListener('change', (event) => this.#ticked(/** @type {HTMLInputElement} */ (event.target)))
    this.element = h('div', {}, this.#field, this.#list, this.#rest)
    this.#draw()
  }

  /** @param {string[]} values */
  set(values) {
    this.#chosen = new Set(values)
    this.#draw()
  }

  /** @param {Map<string, number>} counts of the matching rows */
  count(counts) {
    for (const value of this.#counts.keys()) this.#counts.set(value, counts.get(value) ?? 0)
    const fresh = [...counts].filter(([value]) => !this.#counts.has(value))
    for (const [value, number] of fresh.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) this.#counts.set(value, number)
    this.#draw()
  }

  /** @param {HTMLInputElement} input */
  #ticked(input) {
    if (input.checked) this.#chosen.add(input.value)
    else this.#chosen.delete(input.value)
    this.#onchange([...this.#chosen])
  }

  #draw() {
    const words = this.#field.value.trim().toLowerCase()
    const all = [...new Set([...this.#counts.keys(), ...this.#chosen])]
    const found = all.filter((value) => value.toLowerCase().includes(words))
    const chosen = found.filter((value) => this.#chosen.has(value))
    const shown = found.length > MOST ? [...new Set([...chosen, ...found])].slice(0, MOST) : found
    this.#fill(shown)
    const left = found.length - shown.length
    this.#rest.hidden = left === 0
    this.#rest.textContent = `and ${count(left)} more: search for them`
  }

  /**
   * Boxes that stay keep their element, so that the focus stays in them.
   * @param {string[]} values
   */
  #fill(values) {
    const there = new Map([...this.#list.querySelectorAll('input')].map((input) => [input.value, input.closest('label')]))
    const lines = values.map((value) => there.get(value) ?? line(value))
    if (lines.length !== this.#list.children.length || lines.some((element, place) => element !== this.#list.children[place])) {
      this.#list.replaceChildren(...lines)
    }
    for (const [place, element] of lines.entries()) {
      const value = values[place] ?? ''
      const number = this.#counts.get(value) ?? 0
      element.classList.toggle('is-none', number === 0)
      const output = element.querySelector('.browse-count')
      if (output) output.textContent = count(number)
      const input = element.querySelector('input')
      if (input) input.checked = this.#chosen.has(value)
    }
  }
}

/** @param {string} value */
function line(value) {
  return h(
    'label',
    {},
    h('input', { type: 'checkbox', value }),
    h('span', { class: 'browse-value' }, value),
    h('span', { class: 'browse-count' }),
  )
}

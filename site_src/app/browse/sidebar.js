// The filters beside the table: those of the open table, with live counts and a search among them.

import { debounced, h } from '../page/dom.js'
import { facetOf } from './facets.js'

/** From how many filters on there is a field to search them. */
const SEARCHED = 10
/** How long to wait for the next key, in ms. */
const PAUSE = 100

/**
 * @typedef {import('./facets.js').Facet} Facet
 * @typedef {import('../data/tables.js').OpenTable} OpenTable
 * @typedef {import('./state.js').State} State
 */

export class Sidebar {
  /** Filters of each table, made once. @type {Map<string, Facet[]>} */
  #made = new Map()
  /** @type {Facet[]} */
  #facets = []
  /** @type {HTMLElement[]} */
  #groups = []
  #element
  #onfilter
  #oncount
  #list = h('div', { role: 'group', 'aria-label': 'Filters', id: 'browse-facets' })
  #none = h('p', { class: 'browse-rest', hidden: true }, 'No filter has that name.')
  #search

  /**
   * @param {HTMLElement} element
   * @param {import('./facets.js').OnFilter} onfilter
   * @param {() => void} oncount called when a filter has been unfolded
   */
  constructor(element, onfilter, oncount) {
    this.#element = element
    this.#onfilter = onfilter
    this.#oncount = oncount
    this.#search = h('input', {
      type: 'search', class: 'browse-find', autocomplete: 'off', spellcheck: 'false', placeholder: 'Find a filter',
      'aria-label': 'Find a filter', oninput: debounced(() => this.#find(), PAUSE),
    })
    element.replaceChildren(this.#search, this.#list, this.#none)
  }

  /**
   * Show the filters of a table.
   * @param {string} name
   * @param {import('../data/settings.js').TableSettings} settings
   * @param {State} state
   */
  show(name, settings, state) {
    const known = this.#made.get(name)
    const facets = known ?? settings.columns.flatMap((info) => facetOf(info, this.#onfilter) ?? [])
    if (!known) {
      this.#made.set(name, facets)
      for (const { name: column, element } of facets) {
        element.open = settings.open.includes(column) || state.filters.has(column)
        element.addEventListener('toggle', () => this.#oncount())
      }
    }
    if (this.#element.dataset.table !== name) this.#lay(facets, settings)
    this.#element.dataset.table = name
    for (const facet of facets) {
      const filter = state.filters.get(facet.name)
      facet.set(filter)
      facet.element.classList.toggle('is-active', filter !== undefined)
    }
  }

  /**
   * Live counts of the filters that are unfolded.
   * @param {OpenTable} table
   * @param {() => boolean} current whether the counts are still wanted
   */
  async count({ catalogue, matching }, current) {
    const open = this.#facets.filter(({ element }) => element.open)
    // With no other filter in force the counts are those of the whole table, which came with the page.
    const live = open.filter(({ name, searching }) => searching || matching.others(name))
    for (const facet of open) if (!live.includes(facet)) facet.reset()
    await catalogue.load(live.map(({ name }) => name))
    if (!current()) return
    for (const facet of live) facet.count(catalogue.column(facet.name), matching.apart(facet.name))
  }

  /**
   * @param {Facet[]} facets
   * @param {import('../data/settings.js').TableSettings} settings
   */
  #lay(facets, settings) {
    const groups = new Map(settings.columns.map((info) => [info.name, info.group]))
    this.#facets = facets
    this.#search.value = ''
    this.#search.hidden = facets.length < SEARCHED
    const headings = [...new Set(facets.map(({ name }) => groups.get(name) ?? ''))]
    this.#groups = headings.map((heading) => {
      const inside = facets.filter(({ name }) => (groups.get(name) ?? '') === heading)
      return h('section', {}, h('h2', {}, heading), ...inside.map(({ element }) => element))
    })
    this.#list.replaceChildren(...this.#groups)
    this.#find()
  }

  #find() {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const { name, element } of this.#facets) {
      const text = `${name} ${element.querySelector('summary')?.textContent ?? ''} ${element.querySelector('summary')?.title ?? ''}`.toLowerCase()
      element.hidden = !words.every((word) => text.includes(word))
    }
    for (const group of this.#groups) group.hidden = !group.querySelector('.browse-facet:not([hidden])')
    this.#none.hidden = this.#groups.some((group) => !group.hidden)
  }
}

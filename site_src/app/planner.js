// Plans a download before it starts: what to take, how much it is, how long it lasts.

import { h } from './dom.js'
import { count } from './format.js'

/**
 * @typedef {import('./catalogue.js').Catalogue} Catalogue
 *
 * @typedef {object} Chosen what the user has selected
 * @property {'models' | 'observations'} table whose rows are selected
 * @property {Catalogue} catalogue of that table
 * @property {Catalogue} models the table of models
 * @property {Uint32Array} modelRows rows of the models that are concerned, distinct, ascending
 * @property {Uint32Array} rows rows of the table
 * @property {string[]} columns that the table shows
 * @property {string | null} expression the selection in the query language; null where it has none
 *
 * @typedef {object} Options
 * @property {import('./settings.js').Settings} settings
 * @property {() => Chosen} selection
 */

export class Planner {
  #element
  #options

  /**
   * @param {HTMLElement} element
   * @param {Options} options
   */
  constructor(element, options) {
    this.#element = element
    this.#options = options
  }

  /** Show the plan for the selection as it is now; to be called when it changed or the panel opened. */
  async update() {
    const { modelRows } = this.#options.selection()
    this.#element.replaceChildren(h('p', { class: 'planner-sum' }, `${count(modelRows.length)} models`))
  }
}

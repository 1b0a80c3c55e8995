// The field for an expression, which marks where one is wrong, and the panel that writes all
// filters as one. The language is fetched when it is first needed.

import { debounced, h } from '../page/dom.js'
import { positionInWords } from '../search/position.js'

/** How long to wait for the next key before the table follows, in ms. */
const PAUSE = 400
const EXAMPLES = ['mass_loss_rate > 1e-6 and species == "CO"', 'dataproduct_type == "cube" and s_resolution < 1', 'dataproduct_type == "image"']

/**
 * @typedef {import('../query/query.js').Query} Query
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('./state.js').State} State
 * @typedef {{table: string, infos: Map<string, ColumnInfo>, open: () => void}} Elsewhere  the other table
 */

/** What stands for an expression that is not understood: it selects no row. @type {Query} */
export const NOTHING = { text: '(not understood)', columns: [], failing: (_, rows) => new Uint8Array(rows).fill(1) }

/** The query language. */
export const language = () => import('../query/query.js')

/**
 * The columns of a table as the language wants them.
 * @param {Map<string, ColumnInfo>} infos
 */
export function columnTypes(infos) {
  return [...infos.values()].map(({ name, type, vounit }) => ({ name, type, unit: vounit }))
}

/**
 * The filters and the expression of a state as one expression, '' where all rows match; null
 * where there is none that says the same.
 * @param {State} state
 * @param {Map<string, ColumnInfo>} infos
 * @param {import('../search/position.js').Catalogue} catalogue rows of the table
 */
export async function wholeExpression({ filters, where }, infos, catalogue) {
  const { expressionOf } = await language()
  /** @type {Map<string, string | null>} */
  const positions = new Map()
  for (const filter of filters.values()) {
    if (filter.kind === 'search' && filter.of === 'position') positions.set(filter.text, await positionInWords(filter.text, catalogue))
  }
  const written = expressionOf(filters, columnTypes(infos), positions)
  if (written === null || !where.trim()) return written
  return written ? `${written} and (${where})` : where
}

/**
 * A name without its backticks.
 * @param {string} word
 */
function bare(word) {
  return /^`[^]*`$/.test(word) ? word.slice(1, -1).replaceAll('``', '`') : word
}

/**
 * An expression of columns that a table has; '' where none is at hand.
 * @param {Map<string, unknown>} infos
 */
export function exampleOf(infos) {
  return EXAMPLES.find((one) => one.match(/\w+(?= [<>=])/g)?.every((name) => infos.has(name))) ?? ''
}

export class WhereField {
  #input
  #told = h('p', { class: 'where-told', id: 'browse-where-told', role: 'status', hidden: true })
  #onwhere
  /** @type {Map<string, ColumnInfo>} */
  #infos = new Map()
  /** @type {Elsewhere | null} */
  #others = null

  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} panel
   * @param {(where: string) => void} onwhere
   */
  constructor(element, panel, onwhere) {
    this.#onwhere = onwhere
    const typed = debounced(() => this.#typed(), PAUSE)
    this.#input = h('input', {
      type: 'text', id: 'browse-expression', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false',
      'aria-label': 'Expression that rows must fulfil', 'aria-describedby': 'browse-where-told', placeholder: '',
      oninput: typed, onchange: () => this.#typed(),
    })
    this.#input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#typed()
    })
    element.replaceChildren(h('div', { class: 'where-field' }, this.#input, panel), this.#told)
  }

  /**
   * Show the expression in force, and the columns it may use.
   * @param {string} where
   * @param {Map<string, ColumnInfo>} infos
   * @param {Elsewhere} others columns of the other table
   */
  set(where, infos, others) {
    this.#infos = infos
    this.#others = others
    if (this.#input !== document.activeElement) this.#input.value = where
    this.#input.placeholder = exampleOf(infos)
  }

  /**
   * The query that an expression is; null for none, NOTHING for one that is wrong, which is said.
   * @param {string} where
   * @returns {Promise<Query | null>}
   */
  async compile(where) {
    if (!where.trim()) {
      this.#tell(null, '')
      return null
    }
    const { compile, QueryError } = await language()
    try {
      const query = compile(where, columnTypes(this.#infos))
      this.#tell(null, '')
      return query
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
      this.#tell(error, where)
      return NOTHING
    }
  }

  #typed() {
    this.#onwhere(this.#input.value.trim())
  }

  /**
   * @param {import('../query/query.js').QueryError | null} error
   * @param {string} where the expression that it is about
   */
  #tell(error, where) {
    this.#input.setAttribute('aria-invalid', String(error !== null))
    this.#told.hidden = error === null
    if (!error) return this.#told.replaceChildren()
    const { start, end } = error
    // At the end of the text nothing is left to mark.
    const wrong = where.slice(start, end) || ' '
    const place = h('code', {}, where.slice(Math.max(0, start - 60), start), h('mark', {}, wrong), where.slice(end, end + 60))
    const said = error.message.replace(/ \[character \d+: [^]*\]$/, '')
    const there = this.#others
    const elsewhere = there && !this.#infos.has(bare(wrong)) && there.infos.has(bare(wrong))
    const leave = h('button', { type: 'button', class: 'browse-button', onclick: () => there?.open() }, `Switch to ${there?.table}`)
    this.#told.replaceChildren(place, ...(elsewhere ? [h('span', {}, `${bare(wrong)} is a column of ${there.table}.`), leave] : [h('span', {}, said)]))
  }
}

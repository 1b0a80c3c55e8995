// The panel that writes all filters as one expression, to copy, to take over, or to go on with in SQL.

import { h } from '../page/dom.js'
import { columnTypes, language, wholeExpression } from './where.js'

/**
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('./state.js').State} State
 */

export class WrittenPanel {
  #element
  #get
  #onuse

  /**
   * @param {HTMLDetailsElement} panel
   * @param {HTMLElement} element
   * @param {() => {state: State, infos: Map<string, ColumnInfo>, problem: string, catalogue: import('../search/position.js').Catalogue}} get
   * @param {(where: string) => void} onuse puts the expression in the place of all filters
   */
  constructor(panel, element, get, onuse) {
    this.#element = element
    this.#get = get
    this.#onuse = onuse
    const wrong = (/** @type {unknown} */ error) => this.#element.replaceChildren(h('p', {}, error instanceof Error ? error.message : String(error)))
    panel.addEventListener('toggle', () => panel.open && void this.#show().catch(wrong))
  }

  async #show() {
    const { state, infos, problem, catalogue } = this.#get()
    if (problem) throw new Error(`There is nothing to write: ${problem}.`)
    const expression = await wholeExpression(state, infos, catalogue)
    if (!expression) {
      const why = expression === null ? 'This search, or an outline drawn on the plot, cannot be written as an expression.' : 'No filter is in force: every row matches.'
      this.#element.replaceChildren(h('p', {}, why), ...(expression === null ? [] : [sqlLink(await sqlOf('', state, infos))]))
      return
    }
    const copy = h('button', { type: 'button', class: 'browse-button' }, 'Copy')
    copy.addEventListener('click', () => void navigator.clipboard.writeText(expression).then(() => (copy.textContent = 'Copied')))
    const use = h('button', { type: 'button', class: 'browse-button', onclick: () => this.#onuse(expression) }, 'Use instead of the filters')
    const help = h('p', {}, 'The same in ', h('code', {}, 'portal query'), ' and in Python; ', h('a', { href: 'finding-models.html' }, 'the language'), '.')
    const actions = h('div', { class: 'browse-actions' }, copy, use, sqlLink(await sqlOf(expression, state, infos)))
    this.#element.replaceChildren(h('pre', {}, h('code', {}, expression)), actions, help)
  }
}

/** @param {string} sql */
function sqlLink(sql) {
  return h('a', { href: `sql.html?${new URLSearchParams({ sql })}` }, 'As SQL')
}

/**
 * The rows of a state as a SELECT for DuckDB.
 * @param {string} expression
 * @param {State} state
 * @param {Map<string, ColumnInfo>} infos
 */
async function sqlOf(expression, { table, columns, sort }, infos) {
  const { toSql } = await language()
  const name = (/** @type {string} */ column) => `"${column.replaceAll('"', '""')}"`
  const lent = [...infos.values()].filter((info) => info.lent && info.name !== 'model_id').map((info) => name(info.name))
  const from = table === 'models' || lent.length === 0 ? table : `observations JOIN (SELECT model_id, ${lent.join(', ')} FROM models) USING (model_id)`
  const lines = [`SELECT ${['model_id', ...columns].map(name).join(', ')}`, `FROM ${from}`]
  if (expression) lines.push(`WHERE ${toSql(expression, columnTypes(infos))}`)
  if (sort) lines.push(`ORDER BY ${name(sort.column)}${sort.descending ? ' DESC' : ''}`)
  return `${lines.join('\n')}\nLIMIT 1000`
}

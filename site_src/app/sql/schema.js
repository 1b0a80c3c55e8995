// The tables and their columns; a click puts a name into the statement.

import { h } from '../page/dom.js'
import { bytes, count } from '../page/format.js'
import { quoted, sqlType } from './settings.js'

/**
 * @param {import('./settings.js').TableSettings[]} tables
 * @param {(name: string) => void} insert
 */
export function schemaBrowser(tables, insert) {
  return tables.map((table) =>
    h(
      'details',
      { class: 'sql-tables' },
      h('summary', {}, h('code', {}, table.name), ` ${table.about}; ${count(table.rows)} rows, ${bytes(table.bytes)}`),
      h('p', {}, name(table.name, `Insert the name of the table ${table.name}`, insert)),
      h('ul', {}, ...table.columns.map((column) => entry(column, insert))),
    ),
  )
}

/**
 * @param {import('./settings.js').ColumnSettings} column
 * @param {(name: string) => void} insert
 */
function entry(column, insert) {
  const type = h('span', { class: 'sql-unit' }, [sqlType(column.type), column.unit].filter(Boolean).join(', '))
  const about = column.description ? [h('span', { class: 'sql-about' }, column.description)] : []
  return h('li', {}, name(column.name, `Insert ${column.name}`, insert), ' ', type, ...about)
}

/**
 * @param {string} text
 * @param {string} label
 * @param {(name: string) => void} insert
 */
function name(text, label, insert) {
  const onclick = () => insert(quoted(text))
  return h('button', { type: 'button', class: 'sql-name', 'aria-label': label, onclick }, h('code', {}, text))
}

// Headings of the table: a button that sorts, and a width that fits.

import { h } from '../page/dom.js'

/** @typedef {import('./table.js').TableColumn} TableColumn */

/**
 * @param {TableColumn} column
 * @param {import('./state.js').Sort | null} order
 * @param {(name: string) => void} onsort
 */
export function headingOf({ name, label, unit, description, style }, order, onsort) {
  const sorted = order?.column === name ? (order.descending ? 'descending' : 'ascending') : 'none'
  const button = h(
    'button',
    { type: 'button', title: description, 'data-column': name, onclick: () => onsort(name) },
    h('span', { class: 'browse-label' }, label),
    h('span', { class: 'browse-unit' }, unit),
  )
  return h('th', { scope: 'col', class: `is-${style}`, 'aria-sort': sorted }, button)
}

/**
 * A column wide enough for the longest word of its heading.
 * @param {TableColumn} column
 */
export function measured({ label, style, wide }) {
  const col = h('col', { class: `is-${style}` })
  const longest = Math.max(...label.split(' ').map((word) => word.length))
  if (style !== 'name') col.style.width = `${Math.max(wide ? 10.6 : 8.3, 0.72 * longest + 2.2)}em`
  return col
}

// What a filter folds into: its heading, its content, and a button that takes it away.

import { h } from '../page/dom.js'
import { unitOf } from '../data/settings.js'

/**
 * @param {import('../data/settings.js').ColumnInfo} info
 * @param {HTMLElement} content
 * @param {() => void} onclear
 */
export function fold(info, content, onclear) {
  const clear = h('button', { type: 'button', class: 'browse-clear', 'aria-label': `Clear ${info.label}`, onclick: onclear }, 'Clear')
  return h(
    'details',
    { class: 'browse-facet', 'data-column': info.name },
    h('summary', { title: info.description }, h('span', {}, info.label), h('span', { class: 'browse-unit' }, unitOf(info))),
    h('div', {}, content, clear),
  )
}

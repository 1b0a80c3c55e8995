// The parts of the address that are not understood, named, with a button that drops them.

import { h } from '../page/dom.js'

/**
 * @param {HTMLElement} element
 * @param {import('./state.js').State} state
 * @param {() => void} drop
 */
export function drawUnread(element, { table, unread }, drop) {
  element.hidden = unread.length === 0
  const parts = unread.flatMap(({ key, value }, place) => [place > 0 ? ', ' : '', h('code', {}, `${key}=${value}`)])
  const emptied = unread.some(({ selects }) => selects)
  const then = emptied ? ` So no ${table} are shown.` : ' The rest of it is.'
  const button = h('button', { type: 'button', class: 'browse-button', onclick: drop }, emptied ? `Show ${table} without it` : 'Close')
  element.replaceChildren(...(unread.length === 0 ? [] : [h('p', {}, 'Not understood in the address: ', ...parts, '.', then), h('p', {}, button)]))
}

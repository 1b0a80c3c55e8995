// Names of models, which often differ at their ends alone: shortened in the middle where room is short.

import { h } from './dom.js'

/** Characters at the end that always show. */
const TAIL = 11
/** Names up to this length are never shortened. */
const SHORT = 2 * TAIL

/**
 * The parts of a name; the style sheet shortens the first one.
 * @param {string} name
 * @returns {(Node | string)[]}
 */
export function shortened(name) {
  if (name.length <= SHORT) return [name]
  return [h('span', { class: 'name-head' }, name.slice(0, -TAIL)), h('span', { class: 'name-tail' }, name.slice(-TAIL))]
}

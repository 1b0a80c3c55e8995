// What the page says of the selection.

import { count } from '../page/format.js'

/**
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').TableName} TableName
 */

/**
 * A count with its noun.
 * @param {number} number
 * @param {string} noun in the plural
 */
export function counted(number, noun) {
  return `${count(number)} ${number === 1 ? noun.replace(/s$/, '') : noun}`
}

/**
 * Why the selection is not what was asked for; '' where it is.
 * @param {State} state
 * @param {boolean} wrong whether the expression is not understood
 */
export function problemOf({ unread }, wrong) {
  if (wrong) return 'the expression is not understood'
  return unread.some(({ selects }) => selects) ? 'a part of the address is not understood' : ''
}

/**
 * How many rows there are.
 * @param {TableName} noun
 * @param {number} found
 * @param {number} all
 * @param {string} problem
 */
export function statusOf(noun, found, all, problem) {
  if (problem) return `No ${noun}: ${problem}`
  return found === all ? counted(all, noun) : `${count(found)} of ${counted(all, noun)}`
}

/**
 * Why there are no rows.
 * @param {State} state
 * @param {number} all
 * @param {string} problem
 */
export function emptyOf({ table, filters, where }, all, problem) {
  if (problem) return `Nothing is shown: ${problem}.`
  if (all === 0) return `The catalogue holds no ${table} yet.`
  if (filters.size > 0) return 'Nothing matches. Take a filter away, or widen a range.'
  return where ? 'Nothing matches the expression.' : `There are no ${table}.`
}

// The filter of a column: a histogram with two fields, or values to tick.

import { count as countBins } from '../data/bins.js'
import { choiceFacet } from './choices.js'
import { fold } from './fold.js'
import { RangeFields } from './range.js'

/**
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('../data/filters.js').Filter} Filter
 * @typedef {import('../data/column.js').Column} Column
 * @typedef {(name: string, filter: Filter | null) => void} OnFilter
 *
 * @typedef {object} Facet
 * @property {string} name
 * @property {HTMLDetailsElement} element
 * @property {boolean} searching whether its values come from the column alone, not with the page
 * @property {(filter: Filter | undefined) => void} set what is chosen
 * @property {(column: Column, rows: Uint32Array) => void} count the matching rows
 * @property {() => void} reset the counts to those of the whole catalogue
 */

/**
 * The filter of a column, or null where it offers none.
 * @param {ColumnInfo} info
 * @param {OnFilter} onfilter
 * @returns {Facet | null}
 */
export function facetOf(info, onfilter) {
  if (info.bins) return rangeFacet(info, info.bins, onfilter)
  // A single value leaves nothing to choose.
  return info.choices || info.distinct > 1 ? choiceFacet(info, onfilter) : null
}

/**
 * @param {ColumnInfo} info
 * @param {import('../data/bins.js').Bins} bins
 * @param {OnFilter} onfilter
 * @returns {Facet}
 */
function rangeFacet(info, bins, onfilter) {
  const { name } = info
  const range = new RangeFields(info, bins, (min, max) =>
    onfilter(name, min === -Infinity && max === Infinity ? null : { kind: 'range', min, max }),
  )
  return {
    name,
    searching: false,
    element: fold(info, range.element, () => onfilter(name, null)),
    set(filter) {
      if (filter?.kind === 'range') range.set(filter.min, filter.max)
      else range.set(-Infinity, Infinity)
    },
    count(column, rows) {
      if (column.kind === 'number') range.draw(countBins(bins, column.values, rows))
    },
    reset: () => range.draw(bins.counts),
  }
}

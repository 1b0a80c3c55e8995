// From what is wanted to what is drawn: columns in their units, scales, colours, the rows that have a place.

import { wantsLog } from './axes.js'
import { colourBy, countColours, plain } from './colouring.js'
import { drawable, scaleFor } from './scene.js'
import { lensOf, seen } from './units.js'

/**
 * @typedef {import('./plot.js').Wanted} Wanted
 * @typedef {import('./canvas.js').Drawing} Drawing
 * @typedef {import('./controls.js').Role} Role
 * @typedef {import('../browse/state.js').Axes} Axes
 * @typedef {Record<Role, boolean>} Logs
 * @typedef {{x: [number, number], y: [number, number]}} Zoom
 */

/**
 * Which scales are logarithmic: as the reader chose, as the outline was drawn, or as the values ask for.
 * @param {Wanted} wanted
 * @param {Axes} axes
 * @param {Map<string, boolean>} chosen by column
 * @returns {Logs}
 */
export function logsOf({ catalogue, lasso }, axes, chosen) {
  const asked = (/** @type {string} */ name) => {
    const column = name ? catalogue.column(name) : null
    return column?.kind === 'number' && wantsLog(column.values)
  }
  const along = (/** @type {string} */ name) => (name === lasso?.x ? lasso.logx : name === lasso?.y ? lasso.logy : asked(name))
  const { x, y, colour } = axes
  return { x: chosen.get(x) ?? along(x), y: chosen.get(y) ?? along(y), colour: chosen.get(colour) ?? asked(colour) }
}

/**
 * What is drawn; null if there is nothing to draw along an axis.
 * @param {Wanted} wanted
 * @param {Axes} axes
 * @param {Logs} logs
 * @param {Zoom | null} zoom
 * @param {import('../page/theme.js').Inks} inks
 * @returns {Drawing | null}
 */
export function composed(wanted, axes, logs, zoom, inks) {
  const [x, y] = [side(wanted, axes.x, logs.x, zoom?.x ?? null), side(wanted, axes.y, logs.y, zoom?.y ?? null)]
  if (!x || !y) return null
  const third = numbers(wanted, axes.colour)
  const info = wanted.infos.get(axes.colour) ?? null
  const column = third ? /** @type {const} */ ({ kind: 'number', values: third.values }) : info && wanted.catalogue.column(info.name)
  const colouring = column ? colourBy(column, { dark: inks.dark, log: logs.colour }) : plain(x.values.length, inks.accent)
  const drawn = drawable(wanted.rows, x, y)
  return {
    x, y, ...drawn, matching: wanted.rows,
    colouring, colour: third?.info ?? info, colours: third?.values ?? null, counts: countColours(colouring, drawn.rows),
  }
}

/**
 * A column in the unit of the plot; null if it holds no numbers.
 * @param {Wanted} wanted
 * @param {string} name
 */
function numbers({ catalogue, infos }, name) {
  const info = infos.get(name)
  const column = info && catalogue.column(name)
  if (!info || column?.kind !== 'number') return null
  const { unit, factor } = lensOf(info)
  return { info: { ...info, unit }, factor, values: seen(column.values, factor) }
}

/**
 * @param {Wanted} wanted
 * @param {string} name
 * @param {boolean} log
 * @param {[number, number] | null} zoom
 */
function side(wanted, name, log, zoom) {
  const own = numbers(wanted, name)
  const scale = own && scaleFor(own.values, log, zoom)
  return own && scale ? { ...own, scale } : null
}

// One scale of colours for several maps.

import { STEPS, ramp } from '../charts/colourmap.js'
import { amounts, painted, signed, widths } from '../explore/mapscale.js'

/** How much fainter than the brightest the faintest colour of a logarithmic scale is. */
const DEPTH = 1e-3

/**
 * @typedef {'linear' | 'root' | 'log'} Stretch
 * @typedef {'moment0' | 'moment1' | 'moment2'} Moment
 * @typedef {{title: string, unit: string, stretches: boolean}} Kind
 * @typedef {{colours: import('../charts/colourmap.js').MapName, low: number, high: number, stretch: Stretch}} Shared
 */

/** @type {Record<Moment, Kind>} */
export const MOMENTS = {
  moment0: { title: 'Integrated intensity', unit: 'K km/s', stretches: true },
  moment1: { title: 'Mean velocity', unit: 'km/s', stretches: false },
  moment2: { title: 'Velocity dispersion', unit: 'km/s', stretches: false },
}

/**
 * The scale that holds all maps.
 * @param {Moment} moment
 * @param {ArrayLike<number>[]} maps
 * @param {Stretch} stretch
 * @returns {Shared}
 */
export function shared(moment, maps, stretch) {
  const all = new Float64Array(maps.reduce((length, map) => length + map.length, 0))
  let at = 0
  for (const map of maps) {
    all.set(map, at)
    at += map.length
  }
  const { colours, low, high } = moment === 'moment0' ? amounts(all) : moment === 'moment1' ? signed(all) : widths(all)
  const used = MOMENTS[moment].stretches ? stretch : 'linear'
  return { colours, low: used === 'log' ? high * DEPTH : low, high, stretch: used }
}

/**
 * A map in the colours of the scale, row 0 at the bottom.
 * @param {ArrayLike<number>} values row by row
 * @param {number} columns
 * @param {Shared} scale
 */
export function coloured(values, columns, { colours, low, high, stretch }) {
  if (stretch !== 'log') return painted(values, columns, { colours, low, high, root: stretch === 'root' })
  const logs = Float64Array.from(values, (value) => Math.log(Math.max(value, low)))
  return painted(logs, columns, { colours, low: Math.log(low), high: Math.log(high), root: false })
}

/**
 * What the colours mean, for the bar, which is linear in the value except on a logarithmic scale.
 * @param {Shared} scale
 * @returns {import('../plot/colouring.js').Colouring}
 */
export function meaning({ colours, low, high, stretch }) {
  const table = ramp(colours)
  const palette = new Uint8Array(table.length)
  for (let i = 0; i < STEPS; i++) {
    const from = stretch === 'root' ? Math.round(Math.sqrt(i / (STEPS - 1)) * (STEPS - 1)) : i
    palette.set(table.subarray(3 * from, 3 * from + 3), 3 * i)
  }
  return { codes: new Uint8Array(), palette, scale: { min: low, max: high, log: stretch === 'log' }, keys: [] }
}

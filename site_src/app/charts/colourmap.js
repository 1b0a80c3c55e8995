// Colours for values: perceptually uniform maps, and categories that colour-blind readers tell apart.

import { interpolateInferno, interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic'

/** @typedef {'onlight' | 'ondark' | 'inferno' | 'velocity'} MapName */

export const STEPS = 256
/** Code of a row without a value; codes of values are below. */
export const NONE = 255

/** The ends of viridis that white and black paper swallow are left out. */
const PALEST = 0.95
const DARKEST = 0.2

/** @type {Record<MapName, (at: number) => string>} */
const MAPS = {
  onlight: (at) => interpolateViridis(at * PALEST),
  ondark: (at) => interpolateViridis(DARKEST + at * (1 - DARKEST)),
  inferno: interpolateInferno,
  // Blue comes towards us, as on the pictures of the model pages.
  velocity: (at) => interpolateRdBu(1 - at),
}

/**
 * Eight colours on light and on dark paper: any two stay apart for readers without red, green or
 * blue cones too, and each stands out from the paper. A test holds them to that.
 */
export const CATEGORIES = {
  light: ['#503994', '#c04548', '#16a571', '#878621', '#657fbb', '#8a1666', '#195a1d', '#af7292'],
  dark: ['#95ebfa', '#fa9c5e', '#9c8cf0', '#cde9a7', '#d14861', '#7a7415', '#3d7998', '#d4afad'],
}

/** @type {Map<MapName, Uint8Array>} */
const made = new Map()

/**
 * The colours of a map from end to end, three bytes each.
 * @param {MapName} name
 */
export function ramp(name) {
  let colours = made.get(name)
  if (!colours) {
    colours = new Uint8Array(3 * STEPS)
    for (let i = 0; i < STEPS; i++) colours.set(bytesOf(MAPS[name](i / (STEPS - 1))), 3 * i)
    made.set(name, colours)
  }
  return colours
}

/**
 * Red, green and blue of a colour in the form #rrggbb or rgb(r, g, b).
 * @param {string} colour
 */
export function bytesOf(colour) {
  const hex = /^#(..)(..)(..)$/.exec(colour)
  if (hex) return hex.slice(1).map((part) => Number.parseInt(part, 16))
  return (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
}

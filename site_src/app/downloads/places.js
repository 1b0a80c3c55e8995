// Where the numbers of a spectrum lie: address, bytes, type of numbers.

import { blocksOf } from '../data/rows.js'

/** The two arrays of a spectrum. */
export const ARRAYS = /** @type {const} */ (['velocity', 'spectrum'])
/** @type {readonly string[]} */
const COLUMNS = [
  'obs_collection', 'path', 'model_id', 'hdf5_group', 'line', 'inclination', 'azimuth',
  ...ARRAYS.flatMap((name) => ['offset', 'nbytes', 'dtype', 'filters'].map((said) => `${name}_${said}`)),
]

/**
 * @typedef {{start: number, end: number, dtype: string}} Part half-open, in bytes
 *
 * @typedef {object} Place
 * @property {string} model
 * @property {string} group of the observation in the file
 * @property {string} line
 * @property {number} inclination in degrees
 * @property {number} azimuth in degrees
 * @property {string} url
 * @property {Part | null} velocity null where it is not stored in one raw piece
 * @property {Part | null} spectrum
 */

/**
 * Places of the spectra in some rows of the table of observations.
 * @param {import('../data/catalogue.js').Catalogue} observations
 * @param {Uint32Array} rows
 * @param {(collection: string, path: string) => string} urlOf
 * @returns {AsyncGenerator<Place>}
 */
export async function* placesOf(observations, rows, urlOf) {
  for await (const { columns, values, length } of blocksOf(observations, rows, [...COLUMNS])) {
    const at = new Map(columns.map(({ name }, place) => [name, values[place]]))
    for (let row = 0; row < length; row++) {
      const value = (/** @type {string} */ name) => at.get(name)?.[row]
      const text = (/** @type {string} */ name) => String(value(name) ?? '')
      yield {
        model: text('model_id'),
        group: text('hdf5_group'),
        line: text('line'),
        inclination: Number(value('inclination') ?? NaN),
        azimuth: Number(value('azimuth') ?? NaN),
        url: urlOf(text('obs_collection'), text('path')),
        velocity: partOf('velocity', value),
        spectrum: partOf('spectrum', value),
      }
    }
  }
}

/** @param {string} name @param {(name: string) => unknown} value @returns {Part | null} */
function partOf(name, value) {
  const start = value(`${name}_offset`)
  const size = Number(value(`${name}_nbytes`) ?? 0)
  if (start === null || start === undefined || size === 0 || value(`${name}_filters`)) return null
  return { start: Number(start), end: Number(start) + size, dtype: String(value(`${name}_dtype`)) }
}

// Values of a map in the unit they are shown in, with colours that suit them.

import { viewOf } from './observed.js'
import { amounts, signed, widths } from './mapscale.js'
import { number, powerOfTen } from '../page/format.js'

/** @type {Record<'moment0' | 'moment1' | 'moment2', [title: string, unit: string, scale: (values: ArrayLike<number>) => import('./mapscale.js').MapScale]>} */
const MOMENTS = {
  moment0: ['Integrated intensity', 'K km/s', (values) => amounts(values)],
  moment1: ['Mean velocity', 'km/s', signed],
  moment2: ['Velocity dispersion', 'km/s', widths],
}

/**
 * Intensities in the unit they are shown in, and the title of their axis.
 * @param {import('./observed.js').Observed} observed
 * @param {ArrayLike<number>} velocity [km/s]
 * @param {ArrayLike<number>[]} intensities as in the file
 * @param {'K' | 'SI'} unit
 */
export function spectraOf(observed, velocity, intensities, unit) {
  const most = Math.max(...intensities.flatMap((values) => Array.from(values, Math.abs)).filter(Number.isFinite))
  // An axis cannot bear numbers that small.
  const power = unit === 'SI' && most > 0 ? 3 * Math.floor(Math.log10(most) / 3) : 0
  const values = intensities.map((one) =>
    Array.from(one, (value, i) => value * observed.factor(unit, Number(velocity[i])) * 10 ** -power))
  const title = unit === 'K' ? 'Brightness temperature (K)' : `Intensity (× ${powerOfTen(power)} W m⁻² Hz⁻¹ sr⁻¹)`
  return { values, title }
}

/**
 * @param {import('./observed.js').Observed} observed
 * @param {import('./state.js').MapKind} map
 * @param {ArrayLike<number>} values as in the file
 * @param {'K' | 'SI'} unit of intensities
 * @param {number} velocity of the channel [km/s]
 * @param {number} brightest end of the scale of channels, as in the file
 * @returns {import('./channelmap.js').Picture}
 */
export function pictureOf(observed, map, values, unit, velocity, brightest) {
  const { rows, columns, pixel, data } = observed
  const what = `${data.line}, ${viewOf(data)}`
  if (map !== 'channel') {
    const [title, said, scale] = MOMENTS[map]
    return { values, rows, columns, pixel, unit: said, scale: scale(values), title: `${title} of ${what}` }
  }
  const factor = observed.factor(unit, velocity)
  const shown = Float64Array.from(values, (value) => value * factor)
  return {
    values: shown, rows, columns, pixel,
    unit: unit === 'K' ? 'K' : 'W m⁻² Hz⁻¹ sr⁻¹',
    scale: amounts(shown, brightest * factor),
    title: `Channel at ${number(velocity)} km/s of ${what}`,
  }
}

// One observation of a model: its small datasets, its cube, and the units they are shown in.

import { Cube, readable } from '../hdf5/cube.js'
import { fileOf, readDataset } from './modeldata.js'

/** [m/s], [J/K]: exact (SI). */
const LIGHT_SPEED = 299_792_458
const BOLTZMANN = 1.380649e-23
const ARCSEC = Math.PI / 180 / 3600
const JANSKY = 1e-26

/**
 * @typedef {import('./modeldata.js').ModelData} ModelData
 * @typedef {import('./modeldata.js').ObservationData} ObservationData
 * @typedef {import('./modeldata.js').DatasetName} DatasetName
 * @typedef {ArrayLike<number>} Values
 * @typedef {object} CubeReader what is asked of a cube, whatever reads it
 * @property {(row: number, column: number) => Promise<Values>} spectrum
 * @property {(channel: number) => Promise<Values>} channel
 * @property {(channel: number) => number} missingBytes
 * @typedef {'K' | 'SI'} Unit
 */

export class Observed {
  /** @type {Map<DatasetName, Promise<Values>>} */
  #small = new Map()

  /**
   * @param {ModelData} model
   * @param {ObservationData} data
   */
  constructor(model, data) {
    this.model = model
    this.data = data
    const { velocity, moment0 } = data.datasets
    // Catalogues of older schemas say nothing of the cube.
    const [channels = 0, rows = 0, columns = 0] = data.cube?.shape ?? [...velocity.shape, ...moment0.shape]
    this.channels = channels
    this.rows = rows
    this.columns = columns
    /** @type {CubeReader | null} */
    this.cube = data.cube && readable(data.cube) ? new Cube(fileOf(model), data.cube) : null
    /** Side of a pixel, which is square [arcsec]. */
    this.pixel = ((data.field ?? 0) * 3600) / Math.hypot(rows, columns) || 1
  }

  /**
   * A small dataset, fetched once.
   * @param {DatasetName} name
   * @returns {Promise<Values>}
   */
  small(name) {
    let values = this.#small.get(name)
    if (!values) {
      values = readDataset(this.model, this.data.datasets[name])
      this.#small.set(name, values)
      values.catch(() => this.#small.delete(name))
    }
    return values
  }

  /**
   * Offset of the centre of a pixel from that of the map, to the right and upwards [arcsec].
   * @param {number} row
   * @param {number} column
   */
  offset(row, column) {
    return { x: (column - (this.columns - 1) / 2) * this.pixel, y: (row - (this.rows - 1) / 2) * this.pixel }
  }

  /**
   * What an intensity in W m⁻² Hz⁻¹ sr⁻¹ is multiplied by to show it in a unit.
   * @param {Unit} unit
   * @param {number} velocity [km/s] of the channel
   */
  factor(unit, velocity) {
    const rest = this.data.frequency
    if (unit === 'SI' || rest === null) return 1
    const frequency = rest * (1 - (velocity * 1e3) / LIGHT_SPEED)
    // Rayleigh-Jeans, as for the moments.
    return LIGHT_SPEED ** 2 / (2 * BOLTZMANN * frequency ** 2)
  }

  /** Intensity averaged over the map for a flux density of 1 Jy [W m⁻² Hz⁻¹ sr⁻¹]. */
  get meanOfJansky() {
    return JANSKY / (this.rows * this.columns * (this.pixel * ARCSEC) ** 2)
  }
}

/**
 * The direction of an observation in words.
 * @param {ObservationData} data
 */
export function viewOf({ inclination, azimuth }) {
  if (inclination === null) return 'direction unknown'
  const degrees = (/** @type {number} */ value) => `${Number(value.toFixed(1))}°`.replace('-', '−')
  return `inclination ${degrees(inclination)}${azimuth === null ? '' : `, azimuth ${degrees(azimuth)}`}`
}

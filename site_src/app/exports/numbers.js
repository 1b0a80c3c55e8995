// Spectra as numbers in one file, read here by range requests.

import { readSpectra } from '../downloads/spectra.js'
import { lines } from './csv.js'
import { table } from './parquet.js'

/** More would be a long wait, and a burden for the host. */
export const MOST_SPECTRA = 1000

/** @type {import('./formats.js').Format} */
export const spectraCsv = {
  name: 'spectra-csv',
  label: 'CSV',
  note: 'a row a spectrum; velocities and fluxes joined by semicolons',
  filename: 'spectra.csv',
  type: 'text/csv',
  most: MOST_SPECTRA,
  async *write(source, progress, signal) {
    yield* lines(readSpectra(source, progress, signal))
  },
}

/** @type {import('./formats.js').Format} */
export const spectraParquet = {
  name: 'spectra-parquet',
  label: 'Parquet',
  note: 'a row a spectrum; velocities and fluxes as lists',
  filename: 'spectra.parquet',
  type: 'application/vnd.apache.parquet',
  most: MOST_SPECTRA,
  async *write(source, progress, signal) {
    yield* table(readSpectra(source, progress, signal), new Map([['table', 'spectra']]))
  },
}

// All forms that a selection can be saved in, by what is taken.

import { aria2 } from './aria2.js'
import { checksums } from './checksums.js'
import { csv } from './csv.js'
import { curl } from './curl.js'
import { fetch, fetchSpectra } from './fetch.js'
import { metalink } from './metalink.js'
import { names } from './names.js'
import { spectraCsv, spectraParquet } from './numbers.js'
import { pandas } from './pandas.js'
import { parquet } from './parquet.js'
import { previews } from './previews.js'
import { rclone } from './rclone.js'
import { spectra } from './spectra.js'
import { urls } from './urls.js'

/**
 * @typedef {import('../downloads/source.js').Source} Source
 * @typedef {(done: number, total: number) => void} Progress
 *
 * @typedef {object} Format
 * @property {string} name as portal query --as knows it, where it does
 * @property {string} label
 * @property {string} note
 * @property {string} filename
 * @property {string} type media type
 * @property {(source: Source, progress: Progress, signal: AbortSignal) => AsyncIterable<string | Uint8Array<ArrayBuffer>>} write
 * @property {(source: Source) => string} [command] to run beside the file
 * @property {(source: Source) => boolean} [fits] whether it can take the selection; without, any
 * @property {number} [most] observations that it can take
 */

/** @type {Format[]} */
export const FILES = [urls, aria2, metalink, checksums, curl, rclone, fetch]
/** @type {Format[]} */
export const ROWS = [csv, parquet, pandas, names]
/** @type {Format[]} */
export const SPECTRA = [spectraParquet, spectraCsv, spectra, fetchSpectra]
/** @type {Format[]} */
export const PREVIEWS = [previews, fetch]

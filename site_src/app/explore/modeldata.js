// What a model's page says of its observations, and the small datasets that it points to.

import { DataError, DataFile } from '../hdf5/datafile.js'
import { numbers, numberType } from '../hdf5/dtype.js'
import { modelPage } from '../page/links.js'

/**
 * @typedef {import('../hdf5/dtype.js').Floats} Floats
 * @typedef {{offset: number | null, nbytes: number, dtype: string, shape: number[], filters: string}} Dataset
 *   `offset` is null where the dataset is not stored in one piece
 * @typedef {'spectrum' | 'velocity' | 'moment0' | 'moment1' | 'moment2'} DatasetName
 *
 * @typedef {object} ObservationData
 * @property {string} group
 * @property {string} line
 * @property {string} species
 * @property {string} transition
 * @property {number | null} frequency [Hz]
 * @property {number | null} inclination [deg]
 * @property {number | null} azimuth [deg]
 * @property {number | null} distance [pc]
 * @property {number | null} field diagonal of the field of view [deg]
 * @property {Record<DatasetName, Dataset>} datasets
 * @property {import('../hdf5/cube.js').CubeData | null} cube
 *
 * @typedef {object} ModelData
 * @property {string} id
 * @property {string} url of the file of observations, absolute
 * @property {number} bytes
 * @property {ObservationData[]} observations
 *
 * @typedef {string | number | null} Cell
 */

/** Datasets in the order in which a page has their offsets, and then their types. */
const DATASETS = /** @type {const} */ (['spectrum', 'velocity', 'moment0', 'moment1', 'moment2'])

/** @type {Map<string, DataFile>} */
const FILES = new Map()

/**
 * The data of the page in `document`.
 * @param {Document} document
 * @param {string} [address] of the page; that of the document if left out
 * @returns {ModelData}
 */
export function ofDocument(document, address = document.baseURI) {
  const text = document.getElementById('model-data')?.textContent
  if (!text) throw new TypeError('the page of the model says nothing of its observations')
  const { id, url, bytes, observations } = JSON.parse(text)
  const [count, ...columns] = observations
  const rows = Array.from({ length: count }, (_, row) => columns.map((/** @type {Cell | Cell[]} */ column) => (Array.isArray(column) ? column[row] : column)))
  return { id, url: new URL(url, address).href, bytes, observations: rows.map(observation) }
}

/**
 * The data of another model, from its page.
 * @param {string} id
 * @param {string} [root] address of the root of the site; that of this page's folder if left out
 * @returns {Promise<ModelData>}
 */
export async function ofModel(id, root = new URL('.', document.baseURI).href) {
  const address = new URL(modelPage(id), root).href
  const response = await fetch(address)
  if (!response.ok) throw new DataError('missing', `${address}: the server answered ${response.status} ${response.statusText}`)
  return ofDocument(new DOMParser().parseFromString(await response.text(), 'text/html'), address)
}

/**
 * The file that the observations are in; one object for each address.
 * @param {Pick<ModelData, 'url' | 'bytes'>} model
 */
export function fileOf({ url, bytes }) {
  const file = FILES.get(url) ?? new DataFile(url, bytes)
  FILES.set(url, file)
  return file
}

/**
 * The values of a small dataset; those asked for at once share requests where they lie together.
 * @param {ModelData} model
 * @param {Dataset} dataset
 * @returns {Promise<Floats>}
 */
export async function readDataset(model, { offset, nbytes, dtype }) {
  if (offset === null) throw new DataError('refused', 'this dataset is not stored in one piece')
  const [bytes] = await fileOf(model).read([{ start: offset, end: offset + nbytes }])
  return numbers(/** @type {Uint8Array} */ (bytes), dtype)
}

/**
 * Names for the cells of an observation, in the order of `MODEL_DATA` of portal.pages._modeldata.
 * @param {Cell[]} cells
 * @returns {ObservationData}
 */
function observation(cells) {
  const [group, line, species, transition] = cells.slice(0, 4).map((cell) => String(cell ?? ''))
  const [frequency, inclination, azimuth, distance, field] = cells.slice(4, 9).map((cell) => (cell === null ? null : Number(cell)))
  const shape = cells.slice(9, 12).map(Number)
  const [chunks, dtype, filters, index] = cells.slice(22, 26)
  const datasets = DATASETS.map((name, place) => {
    const own = name.startsWith('moment') ? shape.slice(1) : shape.slice(0, 1)
    return [name, dataset(cells[12 + place] ?? null, cells[17 + place] ?? null, own)]
  })
  const cube = typeof dtype !== 'string' ? null : {
    shape, dtype,
    chunks: typeof chunks === 'string' ? chunks.split(',').map(Number) : null,
    filters: String(filters ?? ''),
    index: typeof index === 'number' ? index : null,
  }
  return /** @type {ObservationData} */ ({
    group, line: line || group, species, transition, frequency, inclination, azimuth, distance, field,
    datasets: Object.fromEntries(datasets), cube,
  })
}

/**
 * @param {Cell} offset
 * @param {Cell} dtype
 * @param {number[]} shape
 * @returns {Dataset}
 */
function dataset(offset, dtype, shape) {
  const type = String(dtype ?? '')
  const size = numberType(type)?.size ?? 0
  const count = shape.reduce((product, length) => product * length, 1)
  return { offset: size && typeof offset === 'number' ? offset : null, nbytes: size * count, dtype: type, shape, filters: '' }
}

// Spectra read by range requests, a few at a time.

import { ARRAYS } from './places.js'
import { coalesce, FetchError } from '../data/remote.js'
import { explained } from '../explore/trouble.js'
import { DataError, DataFile } from '../hdf5/datafile.js'

/** Requests at a time: hosts ask for no more. */
const AT_ONCE = 4
const TYPES = /** @type {Record<string, [bytes: number, read: (view: DataView, at: number) => number]>} */ ({
  '<f4': [4, (view, at) => view.getFloat32(at, true)],
  '<f8': [8, (view, at) => view.getFloat64(at, true)],
  '>f4': [4, (view, at) => view.getFloat32(at, false)],
  '>f8': [8, (view, at) => view.getFloat64(at, false)],
})
/** @type {import('../data/rows.js').RowColumn[]} */
const COLUMNS = [
  { name: 'model_id', type: 'string' },
  { name: 'line', type: 'string' },
  { name: 'inclination', type: 'float64', unit: 'deg' },
  { name: 'azimuth', type: 'float64', unit: 'deg' },
  { name: 'velocity', type: 'list<float64>', unit: 'km/s' },
  { name: 'flux', type: 'list<float64>', unit: 'Jy' },
]

/**
 * @typedef {import('./places.js').Place} Place
 * @typedef {{range: import('../data/remote.js').Range, data: Uint8Array}} Piece
 */

/**
 * All spectra of a source as rows of a table.
 * @param {import('./source.js').Source} source
 * @param {(done: number, total: number) => void} progress
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<import('../data/rows.js').Block>}
 */
export async function* readSpectra(source, progress, signal) {
  /** @type {Place[]} */
  const places = []
  for await (const place of source.places()) if (place.velocity && place.spectrum) places.push(place)
  const files = byFile(places)
  const sizes = await source.sizes()
  /** @type {Map<Place, number[][]>} */
  const read = new Map()
  let done = 0
  progress(0, places.length)
  const next = files.entries()
  const worker = async () => {
    for (const [url, wanted] of next) {
      const bytes = sizes.get(url)
      if (bytes === undefined) throw new FetchError(`${url}: the table of files does not name it; reload the page`)
      for (const [place, arrays] of await readFile(new DataFile(url, bytes, signal), wanted)) read.set(place, arrays)
      progress((done += wanted.length), places.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const column = (/** @type {(place: Place) => unknown} */ value) => places.map(value)
  yield {
    columns: COLUMNS,
    length: places.length,
    values: [
      column(({ model }) => model), column(({ line }) => line),
      column(({ inclination }) => inclination), column(({ azimuth }) => azimuth),
      column((place) => read.get(place)?.[0]), column((place) => read.get(place)?.[1]),
    ],
  }
}

/** @param {Place[]} places */
function byFile(places) {
  /** @type {Map<string, Place[]>} */
  const files = new Map()
  for (const place of places) files.set(place.url, [...(files.get(place.url) ?? []), place])
  return files
}

/**
 * @param {DataFile} file
 * @param {Place[]} places in that file
 * @returns {Promise<[Place, number[][]][]>}
 */
async function readFile(file, places) {
  const ranges = coalesce(places.flatMap((place) => ARRAYS.flatMap((name) => place[name] ?? [])))
  /** @type {Piece[]} */
  const pieces = []
  try {
    // One after another: AT_ONCE files are read beside one another already.
    for (const range of ranges) pieces.push(...(await file.read([range])).map((data) => ({ range, data })))
  } catch (error) {
    throw error instanceof DataError ? new FetchError(`${file.url}: ${explained(error)}`, { cause: error }) : error
  }
  return places.map((place) => [place, ARRAYS.map((name) => numbers(/** @type {import('./places.js').Part} */ (place[name]), pieces))])
}

/** @param {import('./places.js').Part} part @param {Piece[]} pieces */
function numbers({ start, end, dtype }, pieces) {
  const piece = pieces.find(({ range }) => range.start <= start && end <= range.end)
  const type = TYPES[dtype]
  if (!piece || !type) throw new FetchError(`numbers of type ${dtype} cannot be read here; fetch the files`)
  const [size, read] = type
  const view = new DataView(piece.data.buffer, piece.data.byteOffset + start - piece.range.start, end - start)
  return Array.from({ length: view.byteLength / size }, (_, at) => read(view, at * size))
}

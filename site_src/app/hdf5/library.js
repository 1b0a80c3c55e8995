// A cube that byte offsets do not reach, read by the HDF5 library in a worker.

import { fileOf } from '../explore/modeldata.js'

/**
 * @typedef {import('../explore/observed.js').Observed} Observed
 * @typedef {import('../explore/observed.js').CubeReader} CubeReader
 */

/**
 * Start the library and open the cube of an observation.
 * @param {Observed} observed
 * @returns {CubeReader}
 */
export function withLibrary(observed) {
  const { model, data } = observed
  const worker = new Worker(new URL('libraryworker.js', import.meta.url), { type: 'module' })
  /** @type {Map<number, {resolve: (values: ArrayLike<number>) => void, reject: (error: Error) => void}>} */
  const waiting = new Map()
  let count = 0
  worker.addEventListener('message', ({ data: { id, values, error, moved } }) => {
    const file = fileOf(model)
    file.traffic.requests += moved.requests
    file.traffic.bytes += moved.bytes
    file.onmove(file.traffic)
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) asked?.resolve(values)
    else asked?.reject(new Error(error))
  })
  worker.addEventListener('error', (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message || 'the reader of HDF5 files could not be loaded'))
    waiting.clear()
    // The next try starts another one.
    observed.cube = null
  })
  const ask = (/** @type {(number | null)[]} */ ...part) => new Promise((
    /** @type {(values: ArrayLike<number>) => void} */ resolve, reject) => {
    waiting.set(++count, { resolve, reject })
    worker.postMessage({ id: count, url: model.url, bytes: model.bytes, path: `${data.group}/intensity`, part })
  })
  return {
    spectrum: (row, column) => ask(null, row, column),
    channel: (channel) => ask(channel, null, null),
    missingBytes: () => 0,
  }
}

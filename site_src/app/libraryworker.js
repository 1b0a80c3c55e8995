// A worker that reads parts of a dataset with the HDF5 library, fetching the file block by block.

import { Dataset, File as Hdf5, ready } from 'h5wasm'

/** Fetched at once: the library reads in small steps, back and forth [byte]. */
const BLOCK = 1 << 17

/**
 * @typedef {{id: number, url: string, bytes: number, path: string, part: (number | null)[]}} Question
 *   of `part` one number for each axis, null standing for all of it
 */

/** @type {Map<string, Hdf5>} */
const files = new Map()

/** Requests sent and bytes received since the last answer. */
let traffic = { requests: 0, bytes: 0 }

/**
 * The bytes of one block; the library waits for them, which only a worker may.
 * @param {string} url
 * @param {number} start
 * @param {number} end
 * @param {number} size of the file when the catalogue was made
 */
function fetched(url, start, end, size) {
  const request = new XMLHttpRequest()
  request.open('GET', url, false)
  request.responseType = 'arraybuffer'
  request.setRequestHeader('Range', `bytes=${start}-${end - 1}`)
  request.send()
  traffic.requests += 1
  if (request.status !== 206) throw new Error(`the server answered ${request.status} to a request for a part of the file`)
  const total = /\/(\d+)$/.exec(request.getResponseHeader('Content-Range') ?? '')?.[1]
  const bytes = new Uint8Array(request.response)
  traffic.bytes += bytes.length
  if (Number(total ?? size) !== size || bytes.length !== end - start) throw new Error('the file is not the one the catalogue describes')
  return bytes
}

/**
 * A file of the library's own file system whose bytes come over the network.
 * @param {string} url
 * @param {number} bytes
 */
async function opened(url, bytes) {
  const known = files.get(url)
  if (known) return known
  const { FS } = await ready
  const name = `f${files.size}.h5`
  /** @type {Map<number, Uint8Array>} */
  const blocks = new Map()
  const block = (/** @type {number} */ number) => {
    const found = blocks.get(number) ?? fetched(url, number * BLOCK, Math.min((number + 1) * BLOCK, bytes), bytes)
    blocks.set(number, found)
    return found
  }
  // Emscripten's own function for files that are read as they are asked for; h5wasm's types lack it.
  const node = /** @type {any} */ (FS).createFile('/', name, {}, true, false)
  Object.defineProperty(node, 'usedBytes', { get: () => bytes })
  node.stream_ops = {
    ...node.stream_ops,
    read(/** @type {unknown} */ _stream, /** @type {Uint8Array} */ buffer, /** @type {number} */ offset, /** @type {number} */ length, /** @type {number} */ position) {
      const end = Math.min(position + length, bytes)
      for (let at = position; at < end; ) {
        const number = Math.floor(at / BLOCK)
        const piece = block(number).subarray(at - number * BLOCK, end - number * BLOCK)
        buffer.set(piece, offset + at - position)
        at += piece.length
      }
      return Math.max(end - position, 0)
    },
  }
  const file = new Hdf5(name, 'r')
  files.set(url, file)
  return file
}

/** @param {Question} question */
async function answer({ url, bytes, path, part }) {
  const dataset = (await opened(url, bytes)).get(path)
  if (!(dataset instanceof Dataset) || !dataset.shape) throw new Error(`there is no dataset ${path} in the file`)
  const { shape } = dataset
  const values = dataset.slice(part.map((at, axis) => (at === null ? [0, Number(shape[axis])] : [at, at + 1])))
  return Float64Array.from(/** @type {ArrayLike<number>} */ (values))
}

addEventListener('message', ({ data }) => {
  const moved = () => {
    const since = traffic
    traffic = { requests: 0, bytes: 0 }
    return since
  }
  answer(data).then(
    (values) => postMessage({ id: data.id, values, moved: moved() }, { transfer: [values.buffer] }),
    (error) => postMessage({ id: data.id, error: String(error?.message ?? error), moved: moved() }),
  )
})

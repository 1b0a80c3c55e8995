// Files made of a result.

import { save } from '../downloads/download.js'
import { lines } from '../exports/csv.js'
import { table } from '../exports/parquet.js'
import { dataUrl } from '../page/links.js'

/**
 * @typedef {import('./result.js').Result} Result
 * @typedef {{label: string, filename: string, type: string, write: (result: Result) => AsyncIterable<BlobPart>}} Taking
 */

/** @type {Taking[]} */
export const TAKINGS = [
  { label: 'CSV', filename: 'result.csv', type: 'text/csv', write: (result) => lines(result.blocks()) },
  {
    label: 'Parquet',
    filename: 'result.parquet',
    type: 'application/vnd.apache.parquet',
    write: (result) => table(result.blocks(), new Map()),
  },
  { label: 'JSON', filename: 'result.json', type: 'application/json', write: json },
]

/**
 * Hand a result to the browser as a file.
 * @param {Taking} taking
 * @param {Result} result
 */
export async function take({ filename, type, write }, result) {
  const parts = []
  for await (const part of write(result)) parts.push(part)
  save(filename, new Blob(parts), type)
}

/**
 * An array of objects, a row a line; integers that no number holds exactly become text.
 * @param {Result} result
 */
async function* json(result) {
  const exact = (/** @type {string} */ _, /** @type {unknown} */ value) => {
    if (typeof value !== 'bigint') return value
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  }
  for (let row = 0; row < result.rows; row++) {
    const object = Object.fromEntries(result.columns.map(({ name }, at) => [name, result.values(at)[row]]))
    yield `${row === 0 ? '[\n' : ',\n'}${JSON.stringify(object, exact)}`
  }
  yield result.rows === 0 ? '[]\n' : '\n]\n'
}

/**
 * The statement that finds the files of some models.
 * @param {string[]} ids
 */
export function filesOf(ids) {
  const list = [...new Set(ids)].map((id) => `'${id.replaceAll("'", "''")}'`)
  return `SELECT collection, path, url FROM files WHERE model_id IN (${list.join(', ')}) ORDER BY path`
}

/**
 * Addresses of files, one a line.
 * @param {Result} files collection, path and url
 * @param {Record<string, string>} stores
 * @param {string} root of the site
 * @returns {Taking}
 */
export function addresses(files, stores, root) {
  const [collections, paths, urls] = [0, 1, 2].map((at) => files.values(at))
  async function* write() {
    for (let row = 0; row < files.rows; row++) {
      const store = stores[String(collections?.[row])] ?? 'data/'
      yield `${urls?.[row] || dataUrl(store, String(paths?.[row]), root)}\n`
    }
  }
  return { label: 'Addresses for wget', filename: 'urls.txt', type: 'text/plain', write }
}

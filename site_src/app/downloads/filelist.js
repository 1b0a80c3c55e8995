// Finds the files of models in the table of files, which follows the order of the models.

/**
 * @typedef {import('../data/catalogue.js').Catalogue} Catalogue
 * @typedef {'model' | 'observation'} Kind
 * @typedef {{row: number, kind: Kind, bytes: number}} Found row in the table of files
 */

/** @type {readonly Kind[]} */
export const KINDS = ['model', 'observation']
/** Columns that are read as numbers. */
export const FILE_KINDS = new Map(/** @type {[string, import('../data/column.js').Kind][]} */ ([['bytes', 'number']]))

/**
 * The files of some models, in the order of their table. Only those parts of the table are
 * read that hold them: the first guess goes by the number of the row, and is widened until the
 * sizes of the files make up what the table of models says.
 * @param {Catalogue} models
 * @param {Uint32Array} rows of the models
 * @param {Catalogue} files
 * @returns {Promise<Found[]>}
 */
export async function findFiles(models, rows, files) {
  await models.loadRows(['model_id', 'bytes'], rows)
  const names = models.column('model_id').values
  const sizes = models.column('bytes').values
  const wanted = new Set(Array.from(rows, (row) => String(names[row])))
  const left = new Map(Array.from(rows, (row) => /** @type {const} */ ([String(names[row]), Number(sizes[row])])).filter(([, size]) => size !== 0))
  const scale = files.rows / Math.max(models.rows, 1)
  /** @type {Set<number>} */
  const tried = new Set()
  let groups = new Set(files.rows > 0 ? Array.from(rows, (row) => files.groupOf(Math.floor(row * scale))) : [])
  /** @type {Found[]} */
  const found = []
  while (groups.size > 0) {
    for (const one of await within(files, groups, wanted)) {
      found.push(one)
      const name = String(files.column('model_id').values[one.row])
      const rest = (left.get(name) ?? 0) - one.bytes
      if (rest > 0) left.set(name, rest)
      else left.delete(name)
    }
    for (const group of groups) tried.add(group)
    groups = left.size > 0 ? around(tried, files.ends.length) : new Set()
  }
  return found.sort((a, b) => a.row - b.row)
}

/**
 * The files of products of no model, in the order of their table.
 * @param {Catalogue} observations
 * @param {Uint32Array} rows of the products
 * @param {Catalogue} files
 * @returns {Promise<Found[]>}
 */
export async function findProducts(observations, rows, files) {
  const named = ['obs_collection', 'path']
  await Promise.all([observations.loadRows(named, rows), files.load(['collection', 'path', 'bytes'])])
  const [ours, paths] = named.map((name) => observations.column(name).values)
  const wanted = new Set(Array.from(rows, (row) => `${ours?.[row]}/${paths?.[row]}`))
  const [theirs, listed, sizes] = ['collection', 'path', 'bytes'].map((name) => files.column(name).values)
  const all = Array.from({ length: files.rows }, (_, row) => row)
  return all.filter((row) => wanted.has(`${theirs?.[row]}/${listed?.[row]}`)).map((row) => ({ row, kind: 'observation', bytes: Number(sizes?.[row]) }))
}

/**
 * Files of wanted models in some parts of the table.
 * @param {Catalogue} files
 * @param {Set<number>} groups
 * @param {Set<string>} wanted
 */
async function within(files, groups, wanted) {
  const starts = [...groups].map((group) => files.ends[group - 1] ?? 0)
  await files.loadRows(['model_id', 'kind', 'bytes'], starts)
  const [names, kinds, sizes] = ['model_id', 'kind', 'bytes'].map((name) => files.column(name).values)
  /** @type {Found[]} */
  const found = []
  for (const group of groups) {
    for (let row = files.ends[group - 1] ?? 0; row < (files.ends[group] ?? 0); row++) {
      const kind = /** @type {Kind} */ (kinds?.[row])
      if (KINDS.includes(kind) && wanted.has(String(names?.[row]))) found.push({ row, kind, bytes: Number(sizes?.[row]) })
    }
  }
  return found
}

/** @param {Set<number>} tried @param {number} length */
function around(tried, length) {
  const near = [...tried].flatMap((group) => [group - 1, group + 1])
  return new Set(near.filter((group) => group >= 0 && group < length && !tried.has(group)))
}

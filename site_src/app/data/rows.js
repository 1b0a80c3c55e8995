// Rows of a table as they stand in its file, a block at a time.

/**
 * @typedef {import('./catalogue.js').Catalogue} Catalogue
 * @typedef {{name: string, type: string, unit?: string, ucd?: string, description?: string}} RowColumn
 * @typedef {{columns: RowColumn[], values: ArrayLike<unknown>[], length: number}} Block
 * @typedef {{catalogue: Catalogue, rowOf: (row: number) => number}} Lender another table, and its row for a row
 */

/**
 * The columns of a table, as its file describes them.
 * @param {Catalogue} catalogue
 * @returns {Map<string, RowColumn>}
 */
export function described(catalogue) {
  /** @type {RowColumn[]} */
  const columns = JSON.parse(catalogue.metadata.get('columns') ?? '[]')
  return new Map(columns.filter(({ name }) => catalogue.names.has(name)).map((column) => [column.name, column]))
}

/**
 * Blocks of rows with some columns; a column that the table lacks is taken from the lender.
 * @param {Catalogue} catalogue
 * @param {Uint32Array} rows ascending
 * @param {string[] | null} names null for all columns of the table
 * @param {Lender | null} [lender]
 * @returns {AsyncGenerator<Block>}
 */
export async function* blocksOf(catalogue, rows, names, lender = null) {
  const own = described(catalogue)
  const lent = lender ? described(lender.catalogue) : new Map()
  const columns = (names ?? [...own.keys()]).flatMap((name) => own.get(name) ?? lent.get(name) ?? [])
  if (rows.length === 0) yield { columns, values: columns.map(() => []), length: 0 }
  for (const part of parts(catalogue, rows)) {
    const rowsOf = lender && part.map(lender.rowOf)
    const values = await Promise.all(columns.map(({ name }) =>
      rowsOf && lender && !own.has(name) ? picked(lender.catalogue, name, rowsOf) : picked(catalogue, name, part)))
    yield { columns, values, length: part.length }
  }
}

/**
 * The rows, parted as the file is.
 * @param {Catalogue} catalogue
 * @param {Uint32Array} rows
 */
function* parts(catalogue, rows) {
  let first = 0
  while (first < rows.length) {
    const end = catalogue.ends[catalogue.groupOf(rows[first] ?? 0)] ?? 0
    let last = first
    while (last < rows.length && (rows[last] ?? 0) < end) last++
    yield rows.subarray(first, last)
    first = last
  }
}

/**
 * Values of a column in some rows.
 * @param {Catalogue} catalogue
 * @param {string} name
 * @param {Uint32Array} rows
 */
async function picked(catalogue, name, rows) {
  const groups = [...new Set(Array.from(rows, (row) => catalogue.groupOf(row)))]
  const read = await Promise.all(groups.map((group) => catalogue.raw(name, group)))
  const decoded = new Map(groups.map((group, at) => [group, read[at]]))
  return Array.from(rows, (row) => {
    const group = catalogue.groupOf(row)
    return decoded.get(group)?.[row - (catalogue.ends[group - 1] ?? 0)]
  })
}

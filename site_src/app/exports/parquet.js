// The rows as Parquet, with their types; units and meanings stand in the metadata.

import { ByteWriter, ParquetWriter } from 'hyparquet-writer'

/**
 * @typedef {import('hyparquet').SchemaElement} Element
 * @typedef {import('../data/rows.js').RowColumn} RowColumn
 */

const TYPES = /** @type {Record<string, Omit<Element, 'name'>>} */ ({
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  float32: { type: 'FLOAT' },
  float64: { type: 'DOUBLE' },
  bool: { type: 'BOOLEAN' },
})
// What a table says about its own bytes and layout is not true of a part.
const OF_THE_WHOLE = new Set(['ARROW:schema', 'columns', 'pandas', 'scan_id'])

/** @type {import('./formats.js').Format} */
export const parquet = {
  name: 'parquet',
  label: 'Parquet',
  note: 'types, units and meanings included',
  filename: 'rows.parquet',
  type: 'application/vnd.apache.parquet',
  async *write(source) {
    yield* table(source.rows(), await source.metadata())
  },
}

/**
 * @param {AsyncIterable<import('../data/rows.js').Block>} blocks
 * @param {Map<string, string>} metadata of the table that the rows come from
 * @returns {AsyncGenerator<string | Uint8Array<ArrayBuffer>>}
 */
export async function* table(blocks, metadata) {
  const writer = new ByteWriter()
  /** @type {ParquetWriter | null} */
  let file = null
  for await (const { columns, values, length } of blocks) {
    file ??= new ParquetWriter({ writer, schema: schemaOf(columns), kvMetadata: said(metadata, columns) })
    if (length === 0) continue
    const columnData = columns.map(({ name, type }, at) => ({ name, data: fitting(values[at] ?? [], type) }))
    await file.write({ columnData, rowGroupSize: length })
    // Nothing yet, but the page gets its turn.
    yield ''
  }
  await file?.finish()
  yield new Uint8Array(writer.getBuffer())
}

/** @param {RowColumn[]} columns @returns {Element[]} */
function schemaOf(columns) {
  return [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(({ name, type }) => elements(name, type))]
}

/** @param {string} name @param {string} type @returns {Element[]} */
function elements(name, type) {
  const inner = /^list<(.*)>$/.exec(type)?.[1]
  if (inner === undefined) return [{ name, repetition_type: 'OPTIONAL', ...TYPES[type] }]
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', ...TYPES[inner] },
  ]
}

/** @param {ArrayLike<unknown>} values @param {string} type */
function fitting(values, type) {
  const none = (/** @type {unknown} */ value) => value ?? null
  if (type !== 'list<int64>') return Array.from(values, none)
  return Array.from(values, (value) => (value ? Array.from(/** @type {any} */ (value), (one) => BigInt(one)) : null))
}

/** @param {Map<string, string>} metadata @param {RowColumn[]} columns */
function said(metadata, columns) {
  const kept = [...metadata].filter(([key]) => !OF_THE_WHOLE.has(key)).map(([key, value]) => ({ key, value }))
  return [...kept, { key: 'columns', value: JSON.stringify(columns) }]
}

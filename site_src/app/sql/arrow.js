// Columns of values as Arrow.
// Its own builders compile a function for missing values, which the policy of the site forbids.

import { Bool, Field, Float32, Float64, Int32, Int64, List, makeData, Table, tableToIPC, Utf8, Vector } from 'apache-arrow'

/** @typedef {import('apache-arrow').Data<any>} Data */

/** @type {Record<string, {type: () => any, values: new (length: number) => any}>} */
const NUMBERS = {
  int32: { type: () => new Int32(), values: Int32Array },
  int64: { type: () => new Int64(), values: BigInt64Array },
  float32: { type: () => new Float32(), values: Float32Array },
  float64: { type: () => new Float64(), values: Float64Array },
}

/**
 * A table of columns as a stream of Arrow.
 * @param {{name: string, type: string, values: unknown[]}[]} columns types as the schema names them
 */
export function stream(columns) {
  const vectors = columns.map(({ name, type, values }) => [name, new Vector([dataOf(type, values)])])
  return tableToIPC(new Table(Object.fromEntries(vectors)), 'stream')
}

/** @param {string} type @param {unknown[]} values @returns {Data} */
function dataOf(type, values) {
  const inner = /^list<(.*)>$/.exec(type)?.[1]
  const common = { length: values.length, ...validity(values) }
  if (inner !== undefined) return listed(inner, /** @type {(unknown[] | null)[]} */ (values), common)
  const numbers = NUMBERS[type]
  if (numbers) {
    const data = new numbers.values(values.length)
    const wide = type === 'int64'
    values.forEach((value, i) => {
      if (there(value)) data[i] = wide ? BigInt(/** @type {number} */ (value)) : Number(value)
    })
    return makeData(/** @type {any} */ ({ type: numbers.type(), data, ...common }))
  }
  if (type === 'bool') return makeData({ type: new Bool(), data: bitmap(values, Boolean), ...common })
  return text(values, common)
}

/** @param {unknown[]} values @param {{length: number}} common */
function text(values, common) {
  const encoder = new TextEncoder()
  const parts = values.map((value) => (there(value) ? encoder.encode(String(value)) : null))
  const valueOffsets = offsets(parts)
  const data = new Uint8Array(valueOffsets.at(-1) ?? 0)
  parts.forEach((part, i) => part && data.set(part, valueOffsets[i]))
  return makeData(/** @type {any} */ ({ type: new Utf8(), data, valueOffsets, ...common }))
}

/** @param {string} inner @param {(unknown[] | null)[]} values @param {{length: number}} common */
function listed(inner, values, common) {
  const child = dataOf(inner, values.flatMap((value) => value ?? []))
  const type = new List(new Field('item', child.type, true))
  return makeData(/** @type {any} */ ({ type, child, valueOffsets: offsets(values), ...common }))
}

/** @param {({length: number} | null | undefined)[]} parts */
function offsets(parts) {
  const sums = new Int32Array(parts.length + 1)
  parts.forEach((part, i) => (sums[i + 1] = /** @type {number} */ (sums[i]) + (part?.length ?? 0)))
  return sums
}

/** @param {unknown[]} values */
function validity(values) {
  const nullCount = values.reduce((/** @type {number} */ sum, value) => sum + (there(value) ? 0 : 1), 0)
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bitmap(values, there) }
}

/** @param {unknown[]} values @param {(value: unknown) => boolean} test */
function bitmap(values, test) {
  const bits = new Uint8Array(((values.length + 63) >> 6) << 3)
  values.forEach((value, i) => {
    if (test(value)) bits[i >> 3] = /** @type {number} */ (bits[i >> 3]) | (1 << (i & 7))
  })
  return bits
}

/** @param {unknown} value */
function there(value) {
  return value !== null && value !== undefined
}

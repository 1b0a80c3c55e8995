// Columns in memory: typed arrays, so that 100,000 rows filter and sort in milliseconds.

/**
 * @typedef {'number' | 'text' | 'list'} Kind
 * @typedef {{kind: 'number', values: Float64Array}} NumberColumn  NaN stands for no value
 * @typedef {{kind: 'text', values: string[]}} TextColumn  '' stands for no value
 * @typedef {{kind: 'list', values: string[][]}} ListColumn  [] stands for no value
 * @typedef {NumberColumn | TextColumn | ListColumn} Column
 * @typedef {{length: number, [index: number]: unknown}} Decoded
 */

/**
 * @param {string} type as the schema names it, such as float64 or list<string>
 * @returns {Kind}
 */
export function kindOf(type) {
  if (type.startsWith('list')) return 'list'
  return type === 'string' || type === 'bool' ? 'text' : 'number'
}

/**
 * A column of `length` rows without values.
 * @param {Kind} kind
 * @param {number} length
 * @returns {Column}
 */
export function emptyColumn(kind, length) {
  if (kind === 'number') return { kind, values: new Float64Array(length).fill(NaN) }
  if (kind === 'text') return { kind, values: new Array(length).fill('') }
  return { kind, values: new Array(length).fill([]) }
}

/**
 * Put decoded values into a column from row `start` on.
 * @param {Column} column
 * @param {number} start
 * @param {Decoded} decoded
 */
export function fill(column, start, decoded) {
  for (let i = 0; i < decoded.length; i++) {
    const value = decoded[i]
    if (value === null || value === undefined) continue
    if (column.kind === 'number') column.values[start + i] = Number(value)
    else if (column.kind === 'text') column.values[start + i] = String(value)
    else column.values[start + i] = elements(/** @type {unknown[]} */ (value))
  }
}

/**
 * A list has no missing elements.
 * @param {unknown[]} list
 */
function elements(list) {
  return list.filter((element) => element !== null && element !== undefined).map(String)
}

/**
 * Row numbers in ascending or descending order of a column; rows without a value come
 * last either way, equal ones keep their order.
 * @param {Column} column
 * @param {Uint32Array} rows
 * @param {boolean} descending
 */
export function sortRows(column, rows, descending) {
  const sign = descending ? -1 : 1
  if (column.kind === 'number') {
    const { values } = column
    const at = (/** @type {number} */ row) => /** @type {number} */ (values[row])
    const there = rows.filter((row) => !Number.isNaN(at(row)))
    const missing = rows.filter((row) => Number.isNaN(at(row)))
    return join(there.sort((a, b) => sign * (at(a) - at(b)) || a - b), missing)
  }
  const keys = column.kind === 'text' ? column.values : column.values.map((list) => list.join(' '))
  const at = (/** @type {number} */ row) => /** @type {string} */ (keys[row])
  const there = rows.filter((row) => at(row) !== '')
  const missing = rows.filter((row) => at(row) === '')
  const compare = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0)
  return join(there.sort((a, b) => sign * compare(at(a), at(b)) || a - b), missing)
}

/**
 * @param {Uint32Array} first
 * @param {Uint32Array} second
 */
function join(first, second) {
  const all = new Uint32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

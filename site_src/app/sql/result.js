// What a statement gave, as columns of plain values.

/**
 * @typedef {import('../data/rows.js').RowColumn} RowColumn
 * @typedef {import('./settings.js').TableSettings} TableSettings
 */

/** Numbers of Arrow for kinds of types, as its file format has them. */
const INT = 2
const FLOAT = 3
const BOOL = 6
const DATE = 8
const TIMESTAMP = 10
const LIST = 12

export class Result {
  /** @type {Map<number, unknown[]>} */
  #values = new Map()
  #table

  /**
   * @param {import('apache-arrow').Table} table
   * @param {TableSettings[]} tables whose columns lend their units by name
   */
  constructor(table, tables) {
    this.#table = table
    this.rows = table.numRows
    const known = new Map(tables.flatMap(({ columns }) => columns.map((column) => [column.name, column])))
    /** @type {RowColumn[]} */
    this.columns = distinct(table.schema.fields.map(({ name }) => name)).map((name, at) => {
      const type = typeOf(/** @type {any} */ (table.schema.fields[at]).type)
      const same = known.get(name)
      const column = { name, type }
      return same && same.type === type ? { ...column, unit: same.unit, description: same.description } : column
    })
  }

  /**
   * Values of a column; null stands for none.
   * @param {number} at
   */
  values(at) {
    let values = this.#values.get(at)
    if (!values) {
      const field = /** @type {any} */ (this.#table.schema.fields[at])
      values = Array.from(/** @type {any} */ (this.#table.getChildAt(at)), (value) => plain(value, field.type))
      this.#values.set(at, values)
    }
    return values
  }

  /**
   * One value; null stands for none.
   * @param {number} at
   * @param {number} row
   */
  value(at, row) {
    const field = /** @type {any} */ (this.#table.schema.fields[at])
    return plain(this.#table.getChildAt(at)?.get(row), field.type)
  }

  /** @param {string} name */
  find(name) {
    const at = this.columns.findIndex((column) => column.name === name)
    return at < 0 ? null : at
  }

  /** All rows as the writers of files take them. */
  async *blocks() {
    yield { columns: this.columns, values: this.columns.map((_, at) => this.values(at)), length: this.rows }
  }
}

/**
 * Names told apart by a number where one stands twice.
 * @param {string[]} names
 */
function distinct(names) {
  const seen = new Set()
  return names.map((name) => {
    let own = name
    for (let number = 2; seen.has(own); number++) own = `${name}_${number}`
    seen.add(own)
    return own
  })
}

/**
 * Type as the schema of the catalogue names it; what it has no name for becomes text.
 * @param {any} type of Arrow
 * @returns {string}
 */
function typeOf(type) {
  if (type.typeId === INT) return type.bitWidth === 64 || (!type.isSigned && type.bitWidth === 32) ? 'int64' : 'int32'
  if (type.typeId === FLOAT) return type.precision === 1 ? 'float32' : 'float64'
  if (type.typeId === BOOL) return 'bool'
  if (type.typeId !== LIST) return 'string'
  const inner = typeOf(type.children[0].type)
  return inner.startsWith('list') ? 'string' : `list<${inner}>`
}

/** @param {any} value @param {any} type of Arrow @returns {unknown} */
function plain(value, type) {
  if (value === null || value === undefined) return null
  const own = typeOf(type)
  if (own.startsWith('list')) return Array.from(value, (one) => plain(one, type.children[0].type))
  if (own === 'int64') return BigInt(value)
  if (own !== 'string') return value
  if (type.typeId === DATE) return new Date(Number(value)).toISOString().slice(0, 10)
  if (type.typeId === TIMESTAMP) return new Date(Number(value)).toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? Number(one) : one))
}

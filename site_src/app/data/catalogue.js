// A table in its Parquet file: columns whole, or only the parts on the screen.

import { decompress } from 'fzstd'
import { parquetMetadataAsync, parquetScan } from 'hyparquet'
import { emptyColumn, fill } from './column.js'
import { FetchError, RemoteFile } from './remote.js'

/**
 * @typedef {import('./column.js').Column} Column
 * @typedef {import('./column.js').Kind} Kind
 * @typedef {{column: Column, groups: Map<number, Promise<void>>, loaded: Set<number>}} Slot
 */

export class Catalogue {
  /** @type {Map<string, Slot>} */
  #slots = new Map()
  #file
  #scan
  #kinds
  #groups
  /** Last row of each row group, plus one. */
  #ends

  /**
   * @param {RemoteFile} file
   * @param {import('hyparquet').ParquetScan} scan
   * @param {Map<string, Kind>} kinds
   */
  constructor(file, scan, kinds) {
    this.#file = file
    this.#scan = scan
    this.#kinds = kinds
    // An empty table has a row group without rows, for which there is no range.
    this.#groups = scan.metadata.row_groups.filter((group) => group.num_rows > 0)
    this.#ends = scan.ranges.map((range) => range.rowEnd)
    this.rows = this.#ends.at(-1) ?? 0
    this.names = new Set(
      this.#groups[0]?.columns.map((chunk) => chunk.meta_data?.path_in_schema[0] ?? '') ?? [],
    )
  }

  /**
   * Read the footer of the catalogue at `url`.
   * @param {string} url
   * @param {Map<string, Kind>} kinds of the columns
   */
  static async open(url, kinds) {
    const file = await RemoteFile.open(url)
    const metadata = await parquetMetadataAsync(file, { initialFetchSize: 1 << 16 }).catch((error) => {
      throw new FetchError(`${url} is not a Parquet file that can be read (${error.message})`, { cause: error })
    })
    const scan = await parquetScan({ file, metadata, compressors: { ZSTD: (input) => decompress(input) } })
    return new Catalogue(file, scan, kinds)
  }

  /** Last row of each part of the file, plus one. */
  get ends() {
    return this.#ends
  }

  /** Whether the server sends parts of files; without, the whole table was read. */
  get ranges() {
    return this.#file.ranges
  }

  /**
   * What is known of a column so far.
   * @param {string} name
   */
  column(name) {
    return this.#slot(name).column
  }

  /**
   * Whether the value of a cell has been read.
   * @param {string} name
   * @param {number} row
   */
  has(name, row) {
    return this.#slot(name).loaded.has(this.groupOf(row))
  }

  /**
   * Read columns as a whole.
   * @param {Iterable<string>} names
   */
  async load(names) {
    await this.#read([...names], this.#ends.map((_, group) => group))
  }

  /**
   * Read the parts of a column of numbers that may hold values from `min` to `max`; rows of
   * the other parts look as if they had no value, which no range contains either.
   * @param {string} name
   * @param {number} min
   * @param {number} max
   */
  async loadWithin(name, min, max) {
    const overlaps = (/** @type {import('hyparquet').ColumnMetaData | undefined} */ meta) => {
      const { min_value: low, max_value: high } = meta?.statistics ?? {}
      return low === undefined || high === undefined || (Number(low) <= max && Number(high) >= min)
    }
    const groups = this.#groups.flatMap((_, group) => (this.#chunks(name, group).every(overlaps) ? [group] : []))
    await this.#read([name], groups)
  }

  /**
   * Read the parts of columns that hold some rows.
   * @param {Iterable<string>} names
   * @param {Iterable<number>} rows
   */
  async loadRows(names, rows) {
    const groups = new Set()
    for (const row of rows) groups.add(this.groupOf(row))
    await this.#read([...names], [...groups])
  }

  /** What the file says about itself: title, licence, columns. */
  get metadata() {
    return new Map(this.#scan.metadata.key_value_metadata?.map(({ key, value }) => [key, value ?? '']))
  }

  /**
   * A column in a part of the file as it stands there, null or undefined for no value.
   * @param {string} name
   * @param {number} group
   */
  async raw(name, group) {
    const range = this.#scan.ranges[group]
    if (!range) return []
    this.#file.prefetch(this.#bytes(name, group))
    return this.#scan.readColumn({ column: name, ...range })
  }

  /**
   * @param {string[]} names
   * @param {number[]} groups
   */
  async #read(names, groups) {
    const there = names.filter((name) => this.names.has(name))
    const wanted = there.flatMap((name) => {
      const slot = this.#slot(name)
      return groups.filter((group) => !slot.groups.has(group)).map((group) => ({ name, group }))
    })
    this.#file.prefetch(wanted.flatMap(({ name, group }) => this.#bytes(name, group)))
    for (const { name, group } of wanted) this.#start(name, group)
    await Promise.all(there.flatMap((name) => groups.map((group) => this.#slot(name).groups.get(group))))
  }

  /**
   * @param {string} name
   * @param {number} group
   */
  #start(name, group) {
    const slot = this.#slot(name)
    const range = this.#scan.ranges[group]
    if (!range) return
    const done = this.#scan.readColumn({ column: name, ...range }).then((decoded) => {
      fill(slot.column, range.rowStart, decoded)
      slot.loaded.add(group)
    })
    slot.groups.set(group, done)
    done.catch(() => slot.groups.delete(group))
  }

  /** @param {string} name */
  #slot(name) {
    let slot = this.#slots.get(name)
    if (!slot) {
      const column = emptyColumn(this.#kinds.get(name) ?? 'text', this.rows)
      slot = { column, groups: new Map(), loaded: new Set() }
      // A column that an older catalogue lacks has no values, which is known at once.
      if (!this.names.has(name)) this.#ends.forEach((_, group) => slot?.loaded.add(group))
      this.#slots.set(name, slot)
    }
    return slot
  }

  /**
   * What the footer says of a column's chunks in a row group.
   * @param {string} name
   * @param {number} group
   */
  #chunks(name, group) {
    const chunks = this.#groups[group]?.columns ?? []
    return chunks.flatMap(({ meta_data: meta }) => (meta?.path_in_schema[0] === name ? [meta] : []))
  }

  /**
   * Where they lie in the file.
   * @param {string} name
   * @param {number} group
   */
  #bytes(name, group) {
    return this.#chunks(name, group).map((meta) => {
      const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
      return { start, end: start + Number(meta.total_compressed_size) }
    })
  }

  /**
   * Part of the file that holds a row.
   * @param {number} row
   */
  groupOf(row) {
    let low = 0
    let high = this.#ends.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (row < /** @type {number} */ (this.#ends[middle])) high = middle
      else low = middle + 1
    }
    return low
  }
}

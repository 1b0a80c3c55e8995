// A table of the catalogue, read column by column from its Parquet file and handed on as Arrow.

import { decompress } from 'fzstd'
import { parquetMetadataAsync, parquetScan } from 'hyparquet'
import { RemoteFile } from '../data/remote.js'
import { stream } from './arrow.js'

/**
 * @typedef {import('./settings.js').TableSettings} TableSettings
 */

export class Source {
  #file
  #scan
  #settings

  /**
   * @param {TableSettings} settings
   * @param {RemoteFile} file
   * @param {import('hyparquet').ParquetScan} scan
   */
  constructor(settings, file, scan) {
    this.#settings = settings
    this.#file = file
    this.#scan = scan
  }

  /**
   * Read the footer of the table's file.
   * @param {TableSettings} settings
   * @param {string} base address that the file's is relative to
   */
  static async open(settings, base) {
    const file = await RemoteFile.open(new URL(settings.url, base).href)
    const metadata = await parquetMetadataAsync(file, { initialFetchSize: 1 << 16 })
    const scan = await parquetScan({ file, metadata, compressors: { ZSTD: (input) => decompress(input) } })
    return new Source(settings, file, scan)
  }

  get settings() {
    return this.#settings
  }

  get rows() {
    return this.#scan.ranges.at(-1)?.rowEnd ?? 0
  }

  /**
   * Bytes of columns in the file.
   * @param {Iterable<string>} names
   */
  bytes(names) {
    let sum = 0
    for (const name of names) for (const { start, end } of this.#parts(name)) sum += end - start
    return sum
  }

  /** The column that is read fastest. */
  smallest() {
    const names = this.#settings.columns.map(({ name }) => name)
    return names.reduce((best, name) => (this.bytes([name]) < this.bytes([best]) ? name : best))
  }

  /**
   * Columns as a stream of Arrow.
   * @param {string[]} names
   */
  async arrow(names) {
    this.#file.prefetch(names.flatMap((name) => this.#parts(name)))
    return stream(await Promise.all(names.map((name) => this.#column(name))))
  }

  /** @param {string} name */
  async #column(name) {
    const type = this.#settings.columns.find((column) => column.name === name)?.type ?? 'string'
    /** @type {unknown[]} */
    const values = new Array(this.rows).fill(null)
    const parts = this.#scan.ranges.map(async (range) => {
      const decoded = await this.#scan.readColumn({ column: name, ...range })
      for (let i = 0; i < decoded.length; i++) values[range.rowStart + i] = decoded[i]
    })
    await Promise.all(parts)
    return { name, type, values }
  }

  /** @param {string} name */
  #parts(name) {
    return this.#scan.metadata.row_groups.flatMap(({ columns }) =>
      columns.flatMap(({ meta_data: meta }) => {
        if (meta?.path_in_schema[0] !== name) return []
        const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
        return [{ start, end: start + Number(meta.total_compressed_size) }]
      }),
    )
  }
}

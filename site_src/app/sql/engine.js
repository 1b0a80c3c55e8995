// DuckDB in a worker, from files of this site alone; loaded when somebody starts it.

import { AsyncDuckDB, VoidLogger } from '@duckdb/duckdb-wasm'
import { broken, fetched } from './module.js'
import { place, scanned, statements } from './plan.js'
import { quoted, sqlType } from './settings.js'
import { Source } from './source.js'

/**
 * @typedef {import('./settings.js').TableSettings} TableSettings
 * @typedef {import('apache-arrow').Table} Table
 *
 * @typedef {object} Watcher
 * @property {(bytes: number) => Promise<void>} onread called before columns are fetched; rejects to stop
 */

const WASM = 'duckdb-eh.wasm.gz'
const WORKER = 'duckdb-browser-eh.worker.js'
/** Schemas with the columns of the tables but no rows, for plans; and with what has been read. */
const SHAPE = 'shape'
const DATA = 'data'
/** What a user makes lies in main, before our tables. */
const PATH = `main,${DATA}`

/** A statement that the engine refuses; `at` is where in the text, or null. */
export class SqlError extends Error {
  name = 'SqlError'

  /**
   * @param {string} message
   * @param {number | null} at
   */
  constructor(message, at) {
    super(message)
    this.at = at
  }
}

export class Engine {
  #database
  #connection
  #tables
  #base
  /** @type {Map<string, Promise<Source>>} */
  #sources = new Map()
  /** @type {Map<string, Set<string>>} columns that have been read, by table */
  #loaded = new Map()
  #optimizers = ''

  /**
   * @param {AsyncDuckDB} database
   * @param {import('@duckdb/duckdb-wasm').AsyncDuckDBConnection} connection
   * @param {TableSettings[]} tables
   * @param {string} base address of the page
   */
  constructor(database, connection, tables, base) {
    this.#database = database
    this.#connection = connection
    this.#tables = new Map(tables.map((table) => [table.name, table]))
    this.#base = base
  }

  /**
   * @param {TableSettings[]} tables
   * @param {string} base address of the page
   * @param {(bytes: number) => void} onprogress how much of the engine has come
   */
  static async start(tables, base, onprogress) {
    const folder = new URL('app/', base)
    const module = await fetched(new URL(WASM, folder).href, onprogress)
    const worker = new Worker(new URL(WORKER, folder))
    const address = URL.createObjectURL(module)
    try {
      const database = new AsyncDuckDB(new VoidLogger(), worker)
      await Promise.race([database.instantiate(address), broken(worker)])
      await database.open({ query: { castDecimalToDouble: true, castBigIntToDouble: false } })
      const engine = new Engine(database, await database.connect(), tables, base)
      await engine.#prepare()
      return engine
    } catch (error) {
      worker.terminate()
      throw error
    } finally {
      URL.revokeObjectURL(address)
    }
  }

  async #prepare() {
    // Nothing is fetched from elsewhere: not an extension, and not a file that a statement names.
    await this.#query(
      'SET autoload_known_extensions = false; SET autoinstall_known_extensions = false; SET enable_external_access = false',
    )
    const found = await this.#query("SELECT string_agg(name, ',') AS names FROM duckdb_optimizers() WHERE name <> 'unused_columns'")
    this.#optimizers = String(found.getChild('names')?.get(0))
    for (const schema of [SHAPE, DATA]) await this.#query(`CREATE SCHEMA ${schema}`)
    for (const { name, columns } of this.#tables.values()) {
      const list = columns.map((column) => `${quoted(column.name)} ${sqlType(column.type)}`).join(', ')
      for (const schema of [SHAPE, DATA]) await this.#query(`CREATE TABLE ${schema}.${quoted(name)} (${list})`)
    }
    await this.#query(`SET search_path = '${PATH}'`)
  }

  /**
   * Run all statements of a text; gives what the last one does.
   * @param {string} text
   * @param {Watcher} watcher
   */
  async run(text, watcher) {
    /** @type {Table | null} */
    let result = null
    for (const statement of statements(text, await this.#database.tokenize(text))) {
      try {
        await this.#read(await this.#needs(statement.text), watcher)
        result = await this.#query(statement.text)
      } catch (error) {
        throw located(error, statement)
      }
    }
    return result
  }

  close() {
    void this.#database.terminate()
  }

  /** @param {string} statement @returns {Promise<Table>} */
  async #query(statement) {
    return /** @type {any} */ (await this.#connection.query(statement))
  }

  /**
   * Columns that a statement reads, by table.
   * @param {string} statement
   */
  async #needs(statement) {
    // Without any other change to the plan, a scan lists just the columns that are used.
    await this.#query(`SET search_path = 'main,${SHAPE},${DATA}'; SET disabled_optimizers = '${this.#optimizers}'`)
    try {
      const plan = await this.#query(`EXPLAIN (FORMAT json)\n${statement}`)
      return scanned(JSON.parse(String(plan.getChildAt(1)?.get(0))))
    } catch {
      // Either the statement is wrong, which this says with the right place, or it has no plan.
      await (await this.#connection.prepare(statement)).close()
      return this.#named(statement)
    } finally {
      await this.#query(`SET search_path = '${PATH}'; RESET disabled_optimizers`)
    }
  }

  /**
   * All columns of the tables whose names stand in a statement.
   * @param {string} statement
   */
  #named(statement) {
    const words = new Set(statement.toLowerCase().match(/\w+/g))
    /** @type {Map<string, Set<string>>} */
    const all = new Map()
    for (const name of this.#tables.keys()) if (words.has(name)) all.set(name, new Set(['*']))
    return all
  }

  /**
   * Read columns that are not there yet.
   * @param {Map<string, Set<string>>} needs
   * @param {Watcher} watcher
   */
  async #read(needs, watcher) {
    const wanted = []
    for (const [name, columns] of needs) {
      const source = await this.#source(name)
      if (source && source.rows > 0) wanted.push({ source, names: this.#missing(source, columns) })
    }
    const some = wanted.filter(({ names }) => names.length > 0)
    if (some.length === 0) return
    await watcher.onread(some.reduce((sum, { source, names }) => sum + source.bytes(names), 0))
    await Promise.all(some.map(async ({ source, names }) => this.#fill(source, names, await source.arrow(names))))
  }

  /**
   * The file of a table, opened when it is first needed; null for a table that is not ours.
   * @param {string} name
   */
  #source(name) {
    const settings = this.#tables.get(name)
    if (!settings) return null
    let source = this.#sources.get(name)
    if (!source) {
      source = Source.open(settings, this.#base)
      this.#sources.set(name, source)
      // Tried again when it is next needed.
      source.catch(() => this.#sources.delete(name))
    }
    return source
  }

  /**
   * @param {Source} source
   * @param {Set<string>} columns
   */
  #missing(source, columns) {
    const { name, columns: all } = source.settings
    const loaded = this.#loaded.get(name)
    const names = all.map((column) => column.name)
    const known = [...columns].every((column) => names.includes(column))
    const wanted = known ? [...columns] : names
    // Rows that are only counted come with some column.
    if (wanted.length === 0 && !loaded) wanted.push(source.smallest())
    return wanted.filter((column) => !loaded?.has(column))
  }

  /**
   * Put columns beside those that are there; the others stay empty, which no plan reads.
   * @param {Source} source
   * @param {string[]} names
   * @param {Uint8Array} stream
   */
  async #fill(source, names, stream) {
    const { name, columns } = source.settings
    const loaded = this.#loaded.get(name) ?? new Set()
    const table = `${DATA}.${quoted(name)}`
    const incoming = quoted(`incoming ${name}`)
    await this.#connection.insertArrowFromIPCStream(stream, { name: `incoming ${name}`, schema: 'main', create: true })
    const list = columns.map(({ name: column, type }) => {
      const own = quoted(column)
      if (names.includes(column)) return `n.${own}::${sqlType(type)} AS ${own}`
      return loaded.has(column) ? `o.${own}` : `NULL::${sqlType(type)} AS ${own}`
    })
    const from = loaded.size > 0 ? `${table} o POSITIONAL JOIN main.${incoming} n` : `main.${incoming} n`
    await this.#query(`CREATE OR REPLACE TABLE ${table} AS SELECT ${list.join(', ')} FROM ${from}`)
    await this.#query(`DROP TABLE main.${incoming}`)
    this.#loaded.set(name, new Set([...loaded, ...names]))
  }
}

/**
 * @param {unknown} error
 * @param {{text: string, start: number}} statement
 */
function located(error, { text, start }) {
  if (!(error instanceof Error) || !/^[A-Z][\w ]* Error: /.test(error.message)) return error
  const found = place(error.message, text)
  return new SqlError(error.message, found === null ? null : start + found)
}

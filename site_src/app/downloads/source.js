// What is taken from a selection: files, names, rows, spectra; each read when asked for.

import { exact } from '../browse/cells.js'
import { findFiles, findProducts, KINDS } from './filelist.js'
import { modelPage, quotePath } from '../page/links.js'
import { ARRAYS, placesOf } from './places.js'
import { FetchError } from '../data/remote.js'
import { blocksOf } from '../data/rows.js'

const NAME = 'model_id'
/** Pictures whose size is asked for. */
const SAMPLE = 4

/**
 * @typedef {import('./filelist.js').Kind} Kind
 * @typedef {import('./planner.js').Chosen} Chosen
 * @typedef {{path: string, url: string, mirrors: string[], bytes: number, sha256: string}} StoredFile
 *
 * @typedef {object} Published where things are published
 * @property {string} site address of the root of the site
 * @property {Record<string, string>} stores address of the data of each collection
 * @property {Record<string, string[]>} mirrors further ones
 */

/**
 * Where the page, its table of models and its settings say that things are.
 * @param {import('../data/catalogue.js').Catalogue} models
 * @param {Record<string, string>} stores
 * @returns {Published}
 */
export function publishedBy(models, stores) {
  /** @type {{id: string, mirrors?: string[]}[]} */
  const collections = JSON.parse(models.metadata.get('collections') ?? '[]')
  const mirrors = Object.fromEntries(collections.map(({ id, mirrors: further }) => [id, further ?? []]))
  return { site: new URL('.', document.baseURI).href, stores, mirrors }
}

export class Source {
  #chosen
  #published
  #shelf
  /** @type {{files: Promise<import('./filelist.js').Found[]> | null}} */
  #found = { files: null }
  /** @type {Map<string, string[]>} */
  #known = new Map()

  /**
   * @param {Chosen} chosen
   * @param {Published} published
   * @param {import('./shelf.js').Shelf} shelf
   * @param {Kind[]} kinds of the files to take
   * @param {boolean} whole rows with all columns instead of those that are shown
   * @param {string} only what portal fetch calls what is taken; '' for all files
   */
  constructor(chosen, published, shelf, kinds = [...KINDS], whole = false, only = '') {
    this.#chosen = chosen
    this.#published = published
    this.#shelf = shelf
    this.kinds = kinds
    this.whole = whole
    this.only = only
  }

  /**
   * The same selection with other files and columns.
   * @param {Kind[]} kinds
   * @param {boolean} whole
   * @param {string} only
   */
  taking(kinds, whole, only) {
    const other = new Source(this.#chosen, this.#published, this.#shelf, kinds, whole, only)
    other.#found = this.#found
    return other
  }

  get site() {
    return this.#published.site
  }

  get table() {
    return this.#chosen.table
  }

  get expression() {
    return this.#chosen.expression
  }

  /** Addresses of the stores. */
  get stores() {
    const { site, stores } = this.#published
    return [...new Set(Object.values(stores).map((store) => new URL(store, site).href))]
  }

  /** Folders in the addresses of files that a mirror of the store leaves out. */
  get folders() {
    return new URL(this.stores[0] ?? this.site).pathname.split('/').filter(Boolean).length
  }

  #find() {
    this.#found.files ??= this.#findAll()
    return this.#found.files
  }

  async #findAll() {
    const { models, modelRows } = this.#chosen
    const files = await this.#shelf.files()
    const ofModels = await findFiles(models, modelRows, files)
    const products = await this.#products()
    if (products.length === 0) return ofModels
    return [...ofModels, ...(await findProducts(await this.#shelf.observations(), products, files))]
  }

  /** Selected rows that are of no model. */
  async #products() {
    const { table, rows } = this.#chosen
    if (table === 'models') return new Uint32Array()
    const owned = (await this.#shelf.owners()).length
    return rows.filter((row) => row >= owned)
  }

  /** How many files there are, and their bytes. */
  async measure() {
    const found = (await this.#find()).filter(({ kind }) => this.kinds.includes(kind))
    return { files: found.length, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) }
  }

  /** The files, in the order of their table. @returns {AsyncGenerator<StoredFile>} */
  async *files() {
    const found = (await this.#find()).filter(({ kind }) => this.kinds.includes(kind))
    const files = await this.#shelf.files()
    await files.loadRows(['path', 'collection', 'sha256'], found.map(({ row }) => row))
    const [paths, collections, sums] = ['path', 'collection', 'sha256'].map((name) => files.column(name).values)
    for (const { row, bytes } of found) {
      const path = String(paths?.[row])
      const [url = '', ...mirrors] = this.#bases(String(collections?.[row])).map((base) => base + quotePath(path))
      yield { path, bytes, url, mirrors, sha256: String(sums?.[row]) }
    }
  }

  /** Addresses of the store of a collection and of its mirrors. @param {string} collection */
  #bases(collection) {
    const { site, stores, mirrors } = this.#published
    let bases = this.#known.get(collection)
    if (!bases) {
      bases = [stores[collection] ?? '', ...(mirrors[collection] ?? [])].map((base) => new URL(base, site).href)
      this.#known.set(collection, bases)
    }
    return bases
  }

  /** Names of the models. */
  async names() {
    const { models, modelRows } = this.#chosen
    await models.loadRows([NAME], modelRows)
    return Array.from(modelRows, (row) => exact(models, NAME, row))
  }

  /** Addresses of the pictures of the models that have observations. */
  async previews() {
    const { models, modelRows } = this.#chosen
    await models.loadRows([NAME, 'observation_path'], modelRows)
    const pictured = modelRows.filter((row) => exact(models, 'observation_path', row) !== '')
    return Array.from(pictured, (row) => this.site + modelPage(exact(models, NAME, row)).replace(/html$/, 'png'))
  }

  /** How many pictures there are, and about how many bytes, from the sizes of a few of them. */
  async measurePreviews() {
    const urls = await this.previews()
    const step = Math.ceil(urls.length / SAMPLE)
    const sizes = await Promise.all(urls.filter((_, at) => at % step === 0).map(sizeOf))
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
    return { files: urls.length, bytes: urls.length === 0 ? 0 : Math.round(mean * urls.length), about: sizes.length < urls.length }
  }

  /** Rows of the table, in its order. */
  async *rows() {
    const { models, table, columns } = this.#chosen
    const names = this.whole ? null : [NAME, ...columns]
    const rows = this.#chosen.rows.toSorted()
    if (table === 'models') yield* blocksOf(models, rows, names)
    else {
      const [catalogue, owners] = await Promise.all([this.#shelf.observations(), this.#shelf.owners()])
      yield* blocksOf(catalogue, rows, names, { catalogue: models, rowOf: (row) => owners[row] ?? -1 })
    }
  }

  /** What the file of the table says about itself. */
  async metadata() {
    return (this.table === 'models' ? this.#chosen.models : await this.#shelf.observations()).metadata
  }

  /** Rows of the observations: those selected, or those of the models selected. */
  async observations() {
    const { table, rows, modelRows } = this.#chosen
    const owned = (await this.#shelf.owners()).length
    // Products of no model bring no spectra that the catalogue has the place of.
    return table === 'observations' ? rows.filter((row) => row < owned).sort() : this.#shelf.observationsOf(modelRows)
  }

  /** How many spectra there are, and their bytes. */
  async measureSpectra() {
    const rows = await this.observations()
    const catalogue = await this.#shelf.observations()
    const columns = ARRAYS.map((name) => `${name}_nbytes`)
    await catalogue.loadRows(columns, rows)
    let bytes = 0
    for (const name of columns) {
      const { values } = catalogue.column(name)
      for (const row of rows) bytes += Number(values[row]) || 0
    }
    return { files: rows.length, bytes }
  }

  /** Sizes of the files of observations when the catalogue was made, by their addresses. */
  async sizes() {
    /** @type {Map<string, number>} */
    const sizes = new Map()
    for await (const { url, bytes } of this.taking(['observation'], this.whole, this.only).files()) sizes.set(url, bytes)
    return sizes
  }

  /** Where the spectra lie. */
  async *places() {
    const rows = await this.observations()
    yield* placesOf(await this.#shelf.observations(), rows, (collection, path) => `${this.#bases(collection)[0]}${quotePath(path)}`)
  }
}

/**
 * Size of a picture in bytes; NaN where the server does not tell.
 * @param {string} url
 */
async function sizeOf(url) {
  const answer = await fetch(url, { method: 'HEAD' })
  if (answer.ok) return Number(answer.headers.get('Content-Length') ?? NaN)
  throw new FetchError(`${url}: the server answered ${answer.status}; this site may have been built without pictures`)
}

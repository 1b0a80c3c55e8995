// The console of SQL: statement -> engine -> result, with the statement in the address.

import { byId, h } from './page/dom.js'
import { bytes, count } from './page/format.js'
import { fitting } from './sql/examples.js'
import { Grid } from './sql/grid.js'
import { Result } from './sql/result.js'
import { schemaBrowser } from './sql/schema.js'
import { readSettings } from './sql/settings.js'
import { addresses, filesOf, take, TAKINGS } from './sql/takeaway.js'

/** @typedef {import('./sql/engine.js').Engine} Engine */

/** Size of the engine as it is fetched, which the build fills in. */
// @ts-expect-error: no such global exists
const ENGINE_BYTES = globalThis.ENGINE_BYTES ?? 0
/** Reading more than this asks first. */
const MUCH = 30e6
const PARAMETER = 'sql'

class Stopped extends Error {}

class Console {
  #settings
  #text = /** @type {HTMLTextAreaElement} */ (byId('sql-text'))
  #run = /** @type {HTMLButtonElement} */ (byId('sql-run'))
  #stop = /** @type {HTMLButtonElement} */ (byId('sql-stop'))
  /** @type {Promise<Engine> | null} */
  #engine = null
  /** Counts runs, so that one that was stopped says nothing more. */
  #turn = 0
  #stopped = () => {}

  /** @param {import('./sql/settings.js').Settings} settings */
  constructor(settings) {
    this.#settings = settings
  }

  start() {
    const examples = fitting(this.#settings.tables)
    byId('sql-examples').replaceChildren(...examples.map((example) => h('li', {}, this.#example(example))))
    byId('sql-schema').replaceChildren(...schemaBrowser(this.#settings.tables, (name) => this.#insert(name)))
    this.#text.value = asked() ?? examples[0]?.sql ?? 'SELECT count(*) FROM models'
    this.#size()
    this.#run.addEventListener('click', () => void this.#go())
    this.#stop.addEventListener('click', () => this.#abandon())
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      void this.#go()
    })
    addEventListener('popstate', () => {
      this.#text.value = asked() ?? ''
      // Going back never starts what the user has not started.
      if (this.#engine && this.#text.value) void this.#show()
    })
    byId('sql-waiting').hidden = true
    byId('sql-body').hidden = false
  }

  /** @param {import('./sql/examples.js').Example} example */
  #example({ title, sql }) {
    const onclick = () => {
      this.#text.value = sql
      this.#text.focus()
      if (this.#engine) void this.#go()
    }
    return h('button', { type: 'button', onclick }, title)
  }

  #size() {
    const tables = this.#settings.tables.reduce((sum, table) => sum + table.bytes, 0)
    byId('sql-size').textContent =
      `Starting fetches the engine, ${bytes(ENGINE_BYTES)}; your browser keeps it. The tables are ${bytes(tables)}, ` +
      'of which a statement reads only the columns that it uses.'
  }

  /** @param {string} name */
  #insert(name) {
    const { selectionStart: start, selectionEnd: end } = this.#text
    this.#text.setRangeText(name, start, end, 'end')
    this.#text.focus()
  }

  async #go() {
    const sql = this.#text.value.trim()
    if (!sql) return
    if (asked() !== sql) history.pushState(null, '', `?${new URLSearchParams({ [PARAMETER]: sql })}`)
    await this.#show()
  }

  async #show() {
    if (!this.#stop.hidden) this.#abandon()
    const turn = ++this.#turn
    const stopped = new Promise((_, reject) => (this.#stopped = () => reject(new Stopped())))
    this.#busy(true)
    try {
      await Promise.race([this.#answer(turn), stopped])
    } catch (error) {
      if (turn === this.#turn) this.#failed(error)
    } finally {
      if (turn === this.#turn) this.#busy(false)
    }
  }

  /** @param {number} turn */
  async #answer(turn) {
    const engine = await this.#started()
    const start = performance.now()
    said('Running …')
    const table = await engine.run(this.#text.value, { onread: (size) => this.#reading(size) })
    if (turn !== this.#turn) return
    const seconds = ((performance.now() - start) / 1000).toPrecision(2)
    if (!table) return said('Nothing to run.')
    const result = new Result(table, this.#settings.tables)
    const rows = result.rows === 1 ? '1 row' : `${count(result.rows)} rows`
    said(`${rows}, ${Number(seconds)} s`)
    byId('sql-result').replaceChildren(this.#takings(result), new Grid(result).element)
  }

  /** The engine, fetched the first time. */
  #started() {
    this.#engine ??= this.#fetch().catch((error) => {
      this.#engine = null
      throw error
    })
    return this.#engine
  }

  async #fetch() {
    if (typeof WebAssembly !== 'object' || typeof DecompressionStream !== 'function') {
      throw new Error('The engine needs WebAssembly, which this browser lacks or has switched off.')
    }
    said('Starting the engine …')
    const { Engine } = await import('./sql/engine.js')
    const base = new URL('.', document.baseURI).href
    const engine = await Engine.start(this.#settings.tables, base, (size) => said(`Starting the engine: ${bytes(size)} here …`))
    byId('sql-size').hidden = true
    this.#run.textContent = 'Run'
    return engine
  }

  /**
   * Say what is read; ask where it is much.
   * @param {number} size
   */
  async #reading(size) {
    if (size > MUCH) {
      await new Promise((resolve) => {
        const onclick = () => resolve(undefined)
        const button = h('button', { type: 'button', class: 'md-button', onclick }, `Read ${bytes(size)}`)
        byId('sql-result').replaceChildren(h('p', { class: 'sql-note' }, 'This statement uses many columns. ', button))
        said(`This statement reads ${bytes(size)} of the tables.`)
      })
    }
    said(`Reading ${bytes(size)} of the tables …`)
  }

  /** @param {Result} result */
  #takings(result) {
    const at = result.find('model_id')
    const buttons = TAKINGS.map((taking) => button(taking.label, () => take(taking, result)))
    if (at !== null && result.rows > 0) {
      buttons.push(button('Addresses for wget', () => this.#addresses(result.values(at))))
    }
    return h('p', { class: 'sql-takings' }, 'Save as ', ...buttons)
  }

  /** @param {unknown[]} ids */
  async #addresses(ids) {
    const engine = await this.#started()
    const known = ids.filter((id) => id !== null).map(String)
    const table = await engine.run(filesOf(known), { onread: (size) => this.#reading(size) })
    if (!table) return
    const files = new Result(table, this.#settings.tables)
    await take(addresses(files, this.#settings.stores, new URL('.', document.baseURI).href), files)
    said(`${count(files.rows)} files in urls.txt; fetch them with wget --continue --input-file=urls.txt`)
  }

  /** Give up on what runs; the engine can only be ended as a whole. */
  #abandon() {
    this.#turn++
    this.#stopped()
    void this.#engine?.then((engine) => engine.close(), () => {})
    this.#engine = null
    this.#busy(false)
    said('Stopped. The engine starts anew with the next statement.')
  }

  /** @param {boolean} now */
  #busy(now) {
    this.#stop.hidden = !now
    this.#run.setAttribute('aria-disabled', String(now))
    if (!now) return
    byId('sql-failed').hidden = true
    byId('sql-result').replaceChildren()
  }

  /** @param {unknown} error */
  #failed(error) {
    const message = error instanceof Error ? error.message : String(error)
    const at = /** @type {any} */ (error)?.at ?? null
    const before = at === null ? [] : this.#text.value.slice(0, at).split('\n')
    const box = byId('sql-failed')
    const told = message.split('\n\nLINE')[0] ?? message
    box.replaceChildren(h('p', {}, h('strong', {}, before.length > 0 ? `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}. ` : ''), told))
    if (!this.#engine) box.append(h('p', {}, 'The same tables as files, for any program: ', h('a', { href: 'downloads.html' }, 'Downloads'), '.'))
    box.hidden = false
    said('No result.')
    if (at === null) return
    this.#text.focus()
    this.#text.setSelectionRange(at, wordEnd(this.#text.value, at))
  }
}

/**
 * @param {string} label
 * @param {() => Promise<void>} action
 */
function button(label, action) {
  return h('button', { type: 'button', onclick: () => void action() }, label)
}

/**
 * @param {string} text
 * @param {number} at
 */
function wordEnd(text, at) {
  return at + (/^\w+|^./s.exec(text.slice(at))?.[0].length ?? 0)
}

/** The statement in the address. */
function asked() {
  return new URLSearchParams(location.search).get(PARAMETER)
}

/** @param {string} text */
function said(text) {
  byId('sql-status').textContent = text
}

new Console(readSettings(byId('sql-data'))).start()

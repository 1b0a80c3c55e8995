// The page Submit: files -> rows -> findings, without sending anything anywhere.

import { byId, h } from './page/dom.js'
import { Linter } from './submit/checks.js'
import { readCsv, writeCsv } from './submit/csv.js'
import { readHeaders, Unreadable } from './submit/fits.js'
import { rowOf } from './submit/row.js'
import { findingsView, plural, rowView } from './submit/view.js'

/** @typedef {import('./submit/row.js').Given} Given */

/** Rows that are shown one by one. */
const SHOWN = 100
/** Bytes of a table of rows that are read. */
const LARGEST = 50e6
const FINDINGS = ['severity', 'code', 'column', 'row', 'file', 'seen', 'expected', 'way_out']

class Desk {
  /** @type {import('./submit/checks.js').Described} */
  #described
  #linter
  /** @type {Given[]} */
  #given = []
  /** Columns that the tables of rows have, as they write them; all of ObsCore for files. */
  #names
  /** @type {string[]} */
  #troubles = []

  /** @param {import('./submit/checks.js').Described} described */
  constructor(described) {
    this.#described = described
    this.#linter = new Linter(described)
    this.#names = described.columns.map((column) => column.name)
  }

  start() {
    const field = /** @type {HTMLInputElement} */ (byId('submit-files'))
    const drop = byId('submit-drop')
    field.addEventListener('change', () => void this.#take([...(field.files ?? [])]))
    for (const name of ['dragenter', 'dragover']) {
      drop.addEventListener(name, (event) => {
        event.preventDefault()
        drop.classList.add('is-over')
      })
    }
    drop.addEventListener('dragleave', () => drop.classList.remove('is-over'))
    drop.addEventListener('drop', (event) => {
      event.preventDefault()
      drop.classList.remove('is-over')
      void this.#take([...(event.dataTransfer?.files ?? [])])
    })
    byId('submit-waiting').hidden = true
    byId('submit-body').hidden = false
  }

  /** @param {File[]} files */
  async #take(files) {
    if (files.length === 0) return
    this.#given = []
    this.#troubles = []
    this.#names = this.#described.columns.map((column) => column.name)
    for (const [done, file] of files.entries()) {
      said(`Reading ${done + 1} of ${files.length} …`)
      try {
        await this.#read(file)
      } catch (error) {
        const told = error instanceof Unreadable ? error.message : 'The browser cannot read it; choose it again.'
        this.#troubles.push(`${file.name}: ${told}`)
      }
    }
    this.#show()
  }

  /** @param {File} file */
  async #read(file) {
    if (/\.(csv|txt)$/i.test(file.name)) return this.#readRows(file)
    const { hdus, notes } = await readHeaders(file)
    if (hdus.length === 0) throw new Unreadable('Its header is cut off.')
    if (hdus.every((hdu) => hdu.kind === 'empty')) throw new Unreadable('It has no data that this page could describe.')
    const placeholders = new Set(this.#described.vocabularies['placeholders'])
    this.#given.push(rowOf(file.name, file.size, hdus, placeholders))
    for (const note of notes) this.#troubles.push(`${file.name}: ${note}.`)
  }

  /** @param {File} file */
  async #readRows(file) {
    if (file.size > LARGEST) throw new Unreadable('It is too large for this page; use portal check-obscore.')
    const { names, rows } = readCsv(await file.text())
    if (names.length < 2) throw new Unreadable('This is no CSV table: its first line does not name columns.')
    this.#names = names
    for (const [at, row] of rows.entries()) {
      this.#given.push({ row, origins: {}, file: `${file.name}, row ${at + 1}` })
    }
  }

  #show() {
    const rows = this.#given.map((one) => one.row)
    const findings = rows.length > 0 ? this.#linter.findings(rows, this.#names) : []
    const errors = findings.filter((one) => one.severity === 'error').length
    said(`${plural(rows.length, 'row')}, ${plural(errors, 'error')}, ${plural(findings.length - errors, 'warning')}.`)
    const troubles = byId('submit-troubles')
    troubles.replaceChildren(...this.#troubles.map((text) => h('li', {}, text)))
    troubles.hidden = this.#troubles.length === 0
    byId('submit-result').replaceChildren(...(rows.length > 0 ? this.#parts(findings) : []))
  }

  /** @param {import('./submit/checks.js').Finding[]} findings */
  #parts(findings) {
    const views = this.#given.slice(0, SHOWN).map((one, at) => rowView(one, this.#described.columns, findings.filter((found) => found.row === at)))
    if (views.length === 1 && views[0]) views[0].open = true
    const more = this.#given.length - views.length
    return [
      h('p', { class: 'submit-takings' }, 'Save as CSV: ', button('Rows', () => this.#saveRows()), button('Findings', () => this.#saveFindings(findings))),
      h('h2', { id: 'submit-findings-title' }, 'What to mend'),
      findings.length > 0 ? findingsView(findings.slice(0, 10 * SHOWN), this.#given) : h('p', {}, 'Nothing was found.'),
      h('h2', {}, 'Rows'),
      ...views,
      ...(more > 0 ? [h('p', {}, `${plural(more, 'more row')}, in the table to save.`)] : []),
    ]
  }

  #saveRows() {
    const names = this.#described.columns.map((column) => column.name)
    save('rows.csv', writeCsv(['path', ...names], this.#given.map((one) => ({ path: one.file, ...one.row }))))
  }

  /** @param {import('./submit/checks.js').Finding[]} findings */
  #saveFindings(findings) {
    const rows = findings.map((one) => ({ ...one, file: one.row === null ? '' : this.#given[one.row]?.file }))
    save('findings.csv', writeCsv(FINDINGS, rows))
  }
}

/**
 * @param {string} label
 * @param {() => void} onclick
 */
function button(label, onclick) {
  return h('button', { type: 'button', onclick }, label)
}

/**
 * @param {string} name
 * @param {string} text
 */
function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  h('a', { href: address, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** @param {string} text */
function said(text) {
  byId('submit-status').textContent = text
}

new Desk(JSON.parse(byId('submit-data').textContent ?? '')).start()

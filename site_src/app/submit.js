// The page Submit: files -> rows -> findings, without sending anything anywhere.

import { byId, h } from './page/dom.js'
import { Linter, sorted } from './submit/checks.js'
import { incomplete, withNotes } from './submit/complete.js'
import { writeCsv } from './submit/csv.js'
import { settingsForm } from './submit/settings.js'
import { take } from './submit/taking.js'
import { findingsView, leftView, plural, rowView } from './submit/view.js'

/**
 * @typedef {import('./submit/taking.js').Taken} Taken
 * @typedef {import('./submit/checks.js').Finding} Finding
 */

/** Rows that are shown one by one. */
const SHOWN = 100
const FINDINGS = ['severity', 'code', 'column', 'row', 'file', 'part', 'seen', 'expected', 'way_out']

class Desk {
  /** @type {import('./submit/checks.js').Described} */
  #described
  #linter
  /** @type {Taken | null} */
  #taken = null
  #form = settingsForm((settings) => void this.#bundle(settings).catch((error) => said(String(error))))

  /** @param {import('./submit/checks.js').Described} described */
  constructor(described) {
    this.#described = described
    this.#linter = new Linter(described)
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
    this.#taken = await take(files, this.#described, (done) => said(`Reading ${done + 1} of ${files.length} …`))
    this.#show(this.#taken)
  }

  /** @param {Taken} taken @returns {Finding[]} */
  #findings({ given, names, said }) {
    if (given.length === 0) return []
    const found = [...this.#linter.findings({ rows: given.map((one) => one.row), names, said }), ...incomplete(given, this.#described.complete)]
    return sorted(withNotes(found, given))
  }

  /** @param {Taken} taken */
  #show(taken) {
    const findings = this.#findings(taken)
    const count = (/** @type {string} */ severity) => plural(findings.filter((one) => one.severity === severity).length, severity)
    said(`${plural(taken.given.length, 'row')}, ${['error', 'warning', 'note'].map(count).join(', ')}.`)
    const notes = byId('submit-troubles')
    notes.replaceChildren(...taken.troubles.map((text) => h('li', {}, text)))
    notes.hidden = taken.troubles.length === 0
    byId('submit-result').replaceChildren(...(taken.given.length > 0 ? this.#parts(taken, findings) : leftView(taken)))
  }

  /** @param {Taken} taken @param {Finding[]} findings */
  #parts(taken, findings) {
    const { given } = taken
    const views = given.slice(0, SHOWN).map((one, at) => rowView(one, this.#described.columns, findings.filter((found) => found.row === at)))
    if (views.length === 1 && views[0]) views[0].open = true
    const more = given.length - views.length
    return [
      h('p', { class: 'submit-takings' }, 'Save as CSV: ', button('Rows', () => this.#saveRows()), button('Findings', () => this.#saveFindings(findings))),
      h('h2', { id: 'submit-findings-title' }, 'What to mend'),
      ...findingsView(findings, given),
      h('h2', {}, 'Rows'),
      ...views,
      ...(more > 0 ? [h('p', {}, `${plural(more, 'more row')}, in the table to save.`)] : []),
      ...leftView(taken),
      ...this.#handing(findings),
    ]
  }

  /** @param {Finding[]} findings */
  #handing(findings) {
    const wrong = findings.some((one) => one.severity === 'error')
    const told = wrong
      ? 'Mend the errors first, in the files or by a table of rows dropped together with them.'
      : 'A zip file for the curator, with rows, rules and the hashes of the files, which are sent in another way.'
    return [h('h2', {}, 'Hand in'), h('p', {}, told), ...(wrong ? [] : [this.#form])]
  }

  /** @param {import('./submit/bundle.js').Settings} settings */
  async #bundle(settings) {
    const taken = this.#taken
    if (!taken) return
    // Only those who hand in need what writes tables and hashes.
    const { bundleOf } = await import('./submit/bundle.js')
    const progress = (/** @type {number} */ done) => said(`Reading ${done + 1} of ${taken.files.length} …`)
    const blob = await bundleOf(taken, this.#findings(taken), settings, this.#described, progress)
    save(`${settings.id}.zip`, blob)
    said(`${settings.id}.zip is written; the curator runs portal accept on it.`)
  }

  #saveRows() {
    const names = this.#described.columns.map((column) => column.name)
    const rows = this.#taken?.given.map((one) => ({ path: one.file, part: one.part, ...one.row })) ?? []
    save('rows.csv', csv(writeCsv(['path', 'part', ...names], rows)))
  }

  /** @param {Finding[]} findings */
  #saveFindings(findings) {
    const rows = findings.map((one) => {
      const place = one.row === null ? undefined : this.#taken?.given[one.row]
      return { ...one, file: place?.file ?? '', part: place?.part ?? '' }
    })
    save('findings.csv', csv(writeCsv(FINDINGS, rows)))
  }
}

/**
 * @param {string} label
 * @param {() => void} onclick
 */
function button(label, onclick) {
  return h('button', { type: 'button', onclick }, label)
}

/** @param {string} text */
function csv(text) {
  return new Blob([text], { type: 'text/csv' })
}

/**
 * @param {string} name
 * @param {Blob} blob
 */
function save(name, blob) {
  const address = URL.createObjectURL(blob)
  h('a', { href: address, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** @param {string} text */
function said(text) {
  byId('submit-status').textContent = text
}

new Desk(JSON.parse(byId('submit-data').textContent ?? '')).start()

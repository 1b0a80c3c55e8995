// Plans a download before it starts: what to take, how much it is, how long it lasts, and the
// lists and files that take it.

import { h } from '../page/dom.js'
import { FILES, PREVIEWS, ROWS, SPECTRA } from '../exports/formats.js'
import { KINDS } from './filelist.js'
import { bytes, count } from '../page/format.js'
import { Forms } from './forms.js'
import { duration, SPEEDS, speedOf } from './plan.js'
import { Shelf } from './shelf.js'
import { publishedBy, Source } from './source.js'

/**
 * @typedef {import('../data/catalogue.js').Catalogue} Catalogue
 *
 * @typedef {object} Chosen what the user has selected
 * @property {'models' | 'observations'} table whose rows are selected
 * @property {Catalogue} catalogue of that table
 * @property {Catalogue} models the table of models
 * @property {Uint32Array} modelRows rows of the models that are concerned, distinct, ascending
 * @property {Uint32Array} rows rows of the table
 * @property {string[]} columns that the table shows
 * @property {string | null} expression the selection in the query language; null where it has none
 *
 * @typedef {object} Options
 * @property {import('../data/settings.js').Settings} settings
 * @property {() => Chosen} selection
 *
 * @typedef {{files: number, bytes: number, about?: boolean}} Measured
 * @typedef {{
 *   label: string, note: string, only: string, of: string, disk: string, kinds: import('./filelist.js').Kind[],
 *   formats: import('../exports/formats.js').Format[], measure: (source: Source) => Promise<Measured>,
 * }} Offer
 */

const HDF5 = {
  note: 'HDF5 files', of: 'Files', disk: 'compressed inside, stored as sent', formats: FILES,
  measure: (/** @type {Source} */ source) => source.measure(),
}

/** @type {Record<string, Offer>} */
const OFFERS = {
  both: { ...HDF5, label: 'Models and observations', only: '', kinds: [...KINDS] },
  observations: { ...HDF5, label: 'Observations', only: 'observations', kinds: ['observation'] },
  models: { ...HDF5, label: 'Models', only: 'models', kinds: ['model'] },
  spectra: {
    label: 'Spectra only', note: 'small', only: 'spectra', of: 'Spectra', disk: 'as raw numbers', kinds: ['observation'], formats: SPECTRA,
    measure: (source) => source.measureSpectra(),
  },
  previews: {
    label: 'Previews', note: 'pictures', only: 'previews', of: 'Pictures', disk: '', kinds: [...KINDS], formats: PREVIEWS,
    measure: (source) => source.measurePreviews(),
  },
}
/** Before anything is measured. */
const NOTHING = { files: NaN, bytes: NaN }
const USUAL_SPEED = '100 Mbit/s'

export class Planner {
  #options
  /** @type {Shelf | null} */
  #shelf = null
  /** Counts updates, so that one that is overtaken stops. */
  #turn = 0
  /** @type {Source | null} */
  #source = null
  /** @type {Measured} */
  #measured = NOTHING
  /** @type {string | null} what to take; null until somebody chooses */
  #taken = null
  #sums = h('dl', { class: 'planner-sums', 'aria-live': 'polite' })
  #failure = h('p', { class: 'planner-failure', role: 'alert', hidden: true })
  #speed = h('input', {
    class: 'planner-speed', value: USUAL_SPEED, list: 'planner-speeds', autocomplete: 'off', spellcheck: 'false',
    oninput: () => this.#tell(), 'aria-describedby': 'planner-speed-told',
  })
  #told = h('span', { id: 'planner-speed-told', class: 'planner-note', role: 'status' })
  #empty = h('p', { class: 'planner-empty', role: 'status', hidden: true })
  #offers
  #columns
  #whole = h('div', { class: 'planner' })
  #files = new Forms()
  #rows = new Forms()
  #take = h('section', { 'aria-label': 'Lists of what to take' }, h('h2', {}, 'Take it'), this.#files.element)

  /**
   * @param {HTMLElement} element
   * @param {Options} options
   */
  constructor(element, options) {
    this.#options = options
    this.#offers = new Map(Object.entries(OFFERS).map(([name, offer]) => [name, this.#radio(name, offer)]))
    this.#columns = h('select', { onchange: () => this.#fill() },
      h('option', { value: 'shown' }, 'the columns shown'), h('option', { value: 'all' }, 'all columns'))
    const labels = [...this.#offers.values()].map(({ label }) => label)
    element.replaceChildren(this.#empty, this.#whole)
    this.#whole.append(
      h('fieldset', { class: 'planner-offers' }, h('legend', {}, 'What to take'), ...labels),
      this.#sums,
      h('p', { class: 'planner-line' },
        h('label', {}, 'Speed of your line ', this.#speed),
        h('datalist', { id: 'planner-speeds' }, ...SPEEDS.map((speed) => h('option', { value: speed }))), ' ', this.#told),
      this.#failure,
      this.#take,
      h('section', { 'aria-label': 'Rows of the table' },
        h('h2', {}, 'Rows of the table'), h('p', { class: 'planner-line' }, h('label', {}, 'With ', this.#columns)), this.#rows.element))
  }

  /** Show the plan for the selection as it is now; to be called when it changed or the panel opened. */
  async update() {
    const { settings, selection } = this.#options
    const chosen = selection()
    this.#empty.hidden = chosen.rows.length > 0
    this.#whole.hidden = !this.#empty.hidden
    this.#empty.textContent = chosen.expression === null
      ? 'There is nothing to take: the selection is empty, or its expression is not understood.'
      : 'There is nothing to take: no row passes the filters.'
    if (this.#whole.hidden) {
      this.#turn++
      return
    }
    this.#shelf ??= new Shelf(new URL(settings.tables.models.file, document.baseURI).href, chosen.models)
    this.#source = new Source(chosen, publishedBy(chosen.models, settings.stores), this.#shelf)
    for (const [name, { input }] of this.#offers) input.checked = name === this.#name(chosen)
    this.#fill()
    await this.#measure()
  }

  /** What is taken: what was chosen, or what suits the table. @param {Pick<Chosen, 'table'>} chosen */
  #name({ table }) {
    return this.#taken ?? (table === 'models' ? 'both' : 'observations')
  }

  /** @param {string} name @param {Offer} offer */
  #radio(name, { label, note }) {
    const choose = () => {
      this.#taken = name
      this.#fill()
      void this.#measure()
    }
    const input = h('input', { type: 'radio', name: 'planner-offer', value: name, onchange: choose })
    return { input, label: h('label', {}, input, h('span', {}, label), h('span', { class: 'planner-note' }, note)) }
  }

  /** @returns {{source: Source, offer: Offer} | null} */
  #plan() {
    if (!this.#source) return null
    const offer = /** @type {Offer} */ (OFFERS[this.#name(this.#source)])
    return { offer, source: this.#source.taking(offer.kinds, this.#columns.value === 'all', offer.only) }
  }

  async #measure() {
    const turn = ++this.#turn
    const plan = this.#plan()
    if (!plan) return
    this.#take.hidden = false
    this.#measured = NOTHING
    this.#failure.hidden = true
    this.#tell()
    try {
      const measured = await plan.offer.measure(plan.source)
      if (turn !== this.#turn) return
      this.#measured = measured
      this.#take.hidden = measured.files === 0
      this.#tell()
      this.#files.limit(measured.files)
    } catch (error) {
      if (turn !== this.#turn) return
      this.#failure.textContent = error instanceof Error ? error.message : String(error)
      this.#failure.hidden = false
    }
  }

  /** Say how much it is. */
  #tell() {
    const { files, bytes: size, about = false } = this.#measured
    const { of, disk } = this.#plan()?.offer ?? HDF5
    const speed = speedOf(this.#speed.value)
    this.#speed.setAttribute('aria-invalid', String(Number.isNaN(speed)))
    this.#told.textContent = Number.isNaN(speed) ? 'Not understood: a number above zero with bit/s or B/s, such as 100 Mbit/s or 12.5 MB/s' : ''
    const waiting = Number.isNaN(files)
    const said = (/** @type {string} */ text) => (waiting ? '…' : about && /^\d/.test(text) ? `about ${text}` : text)
    /** @type {[string, string, string][]} */
    const sums = [
      [of, waiting ? '…' : count(files), ''],
      ['Size', said(bytes(size)), ''],
      ['Time', said(duration((8 * size) / speed)), 'at the least'],
      ['Disk', said(bytes(size)), disk],
    ]
    this.#sums.setAttribute('aria-busy', String(waiting))
    this.#sums.replaceChildren(...sums.map(([term, value, note]) =>
      h('div', {}, h('dt', {}, term), h('dd', {}, value, h('span', { class: 'planner-note' }, note)))))
  }

  /** Offer the forms that fit. */
  #fill() {
    const plan = this.#plan()
    if (!plan) return
    this.#files.show(plan.offer.formats, plan.source)
    this.#rows.show(ROWS, plan.source)
  }
}

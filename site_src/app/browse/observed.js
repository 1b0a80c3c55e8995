// The search for observed products: by kind, position, band, time, collection, identifier.

import { debounced, h } from '../page/dom.js'
import { count } from '../page/format.js'
import { tally } from '../data/filters.js'
import { coneOf, keyOf } from '../search/cone.js'
import { nameOf, searchable, searchOf, SEARCHES } from '../search/search.js'
import { BANDS } from '../search/spans.js'

/** How long to wait for the next key before the table follows, in ms. */
const PAUSE = 400
/** How long a hint stays when its field is left, in ms. */
const LINGER = 500
/** Names of targets that are offered. */
const MOST = 500
const KIND = 'dataproduct_type'
const COLLECTION = 'obs_collection'
const TARGET = 'target_name'
const KINDS = /** @type {Record<string, string>} */ ({
  cube: 'Cubes', image: 'Images', spectrum: 'Spectra', timeseries: 'Time series', event: 'Events', sed: 'SEDs',
  visibility: 'Visibilities', measurements: 'Measurements',
})
const NO_NAMES = 'Names are looked up among the targets of this catalogue: its pages have no server that could ask a name service.'
const FIELDS = /** @type {Record<Of, {label: string, example: string, hint: string}>} */ ({
  position: {
    label: 'Position', example: 'R Dor, or 69.19 -62.08 5′',
    hint: `Right ascension, declination and radius: 69.19 -62.08 0.1 (degrees), 4:36:45.6 -62:04:38 5′, 4h36m45s -62d04m38s 30 arcsec; a minute of arc if no radius is given. Or a name and a radius: R Dor 5′. ${NO_NAMES} Footprints count, not only their centres.`,
  },
  band: {
    label: 'Band', example: '230..231 GHz, 2 um, x-ray',
    hint: `One value or two ends in any unit of wavelength, frequency or energy: 230..231 GHz, 345 GHz, 0.3 to 1 um, > 2 keV, 5000..6000 Å. Or a name: ${Object.keys(BANDS).join(', ')}. Wavelengths are those in vacuum; what overlaps is found.`,
  },
  time: {
    label: 'Time', example: '2015-08..2016',
    hint: 'Dates, times or MJD: 2015, 2015-08..2016-02, 2015-08-12T09:00, 57246..57250, > 2020; the ends in any order. What overlaps is found.',
  },
  identifier: {
    label: 'Identifier', example: 'a part of one, or a list',
    hint: 'A part of an identifier, of the publisher’s identifier, or of the path of a file; or a pasted list of whole ones with any separators.',
  },
})

/**
 * @typedef {import('../search/search.js').Of} Of
 * @typedef {import('../data/filters.js').Filter} Filter
 * @typedef {import('../data/tables.js').OpenTable} OpenTable
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {{label: HTMLElement, input: HTMLInputElement}} Field
 */

export class ObservedSearch {
  #element
  #onfilter
  #targets
  /** @type {Map<Of, Field>} */
  #fields
  #kinds = h('div', { class: 'browse-tabs is-small observed-kinds', role: 'group', 'aria-label': 'Kind of product' })
  #collection = h('select', { onchange: () => this.#collected() })
  #collections = h('label', { class: 'observed-field' }, h('span', {}, 'Collection'), this.#collection)
  #told = h('p', { class: 'observed-told', role: 'status', hidden: true })
  #names = h('datalist', { id: 'observed-targets' })
  #folded
  /** Texts of the searches in force. @type {Map<Of, string>} */
  #inForce = new Map()
  /** The table whose columns the controls are for. */
  #laid = ''

  /**
   * @param {HTMLElement} element
   * @param {(name: string, filter: Filter | null) => void} onfilter
   * @param {() => Promise<OpenTable>} table whose targets are offered
   */
  constructor(element, onfilter, table) {
    this.#element = element
    this.#onfilter = onfilter
    this.#targets = table
    this.#fields = new Map(SEARCHES.map((of) => [of, this.#field(of)]))
    const bands = h('datalist', { id: 'observed-bands' }, ...Object.keys(BANDS).map((value) => h('option', { value })))
    const grid = h('div', { class: 'observed-grid' }, ...[...this.#fields.values()].map(({ label }) => label), this.#collections)
    this.#folded = h('details', { class: 'observed-fold' }, h('summary', {}, 'Position, band, time, identifier'), grid)
    element.replaceChildren(this.#kinds, this.#folded, this.#told, this.#names, bands)
    this.#kinds.addEventListener('click', (event) => this.#pressed(/** @type {HTMLElement} */ (event.target)))
    const narrow = matchMedia('(max-width: 59.9375em)')
    this.#folded.open = !narrow.matches
    narrow.addEventListener('change', () => (this.#folded.open = !narrow.matches))
  }

  /**
   * Show what is in force.
   * @param {string} table
   * @param {Map<string, ColumnInfo>} infos
   * @param {Map<string, Filter>} filters
   */
  show(table, infos, filters) {
    const offered = SEARCHES.filter((of) => searchable(of, infos))
    const kinds = infos.get(KIND)?.choices ?? []
    this.#element.hidden = table === 'models' || !infos.has('s_ra') && kinds.length === 0
    if (this.#element.hidden) return
    if (this.#laid !== table) this.#lay(kinds, infos.get(COLLECTION)?.choices ?? [])
    this.#laid = table
    for (const [of, { label, input }] of this.#fields) {
      label.hidden = !offered.includes(of)
      const filter = filters.get(nameOf(of))
      const text = filter?.kind === 'search' ? filter.text : ''
      this.#inForce.set(of, text)
      if (input === document.activeElement && searchOf(of, input.value)?.text === text) continue
      if (input !== document.activeElement || text !== '') input.value = text
      if (text !== '' || input.value === '') input.setAttribute('aria-invalid', 'false')
    }
    const [kind, collection] = [KIND, COLLECTION].map((name) => filters.get(name))
    const only = kind?.kind === 'choice' ? kind.values.join('\n') : ''
    for (const button of this.#kinds.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset.choice === only))
    const values = collection?.kind === 'choice' ? collection.values : []
    this.#collection.value = values.length === 1 ? (values[0] ?? '') : ''
  }

  /**
   * Live counts of the kinds, and what there is to say of a target that is not found.
   * @param {OpenTable} table
   * @param {() => boolean} current whether they are still wanted
   * @param {Map<string, Filter>} filters
   */
  async count({ catalogue, matching }, current, filters) {
    if (this.#element.hidden) return
    const cone = filters.get(nameOf('position'))
    const target = cone?.kind === 'search' ? (coneOf(cone.text)?.target ?? '') : ''
    await catalogue.load([KIND, ...(target ? [TARGET] : [])])
    if (!current()) return
    const rows = matching.apart(KIND)
    const counts = tally(catalogue.column(KIND), rows)
    for (const button of this.#kinds.querySelectorAll('button')) {
      const choice = button.dataset.choice ?? ''
      const output = button.querySelector('.browse-count')
      if (output) output.textContent = count(choice === '' ? rows.length : (counts.get(choice) ?? 0))
    }
    const known = target && catalogue.column(TARGET).values.some((value) => keyOf(String(value)) === keyOf(target))
    if (target && !known) this.#tell(`No target is called “${target}” here. ${NO_NAMES}`)
    else if (this.#told.textContent?.startsWith('No target')) this.#tell('')
  }

  /** @param {Of} of @returns {Field} */
  #field(of) {
    const { label, example, hint } = FIELDS[of]
    const list = of === 'position' ? 'observed-targets' : of === 'band' ? 'observed-bands' : undefined
    const input = h('input', {
      type: 'text', class: 'observed-input', name: of, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', placeholder: example, list,
      'aria-describedby': `observed-${of}`, oninput: debounced(() => this.#typed(of), PAUSE), onchange: () => this.#typed(of),
    })
    input.addEventListener('focus', () => {
      this.#tell(hint)
      if (of === 'position') void this.#offer().catch(() => {})
    })
    const left = () => input !== document.activeElement && this.#told.textContent === hint && this.#tell('')
    // Not at once: what is below moves up, and the click that took the focus would miss.
    input.addEventListener('blur', () => setTimeout(left, LINGER))
    input.addEventListener('keydown', (event) => event.key === 'Enter' && this.#typed(of))
    // A field of one line would run the lines of a list together.
    input.addEventListener('paste', (event) => pasted(event, input))
    const described = h('span', { class: 'browse-unseen', id: `observed-${of}` }, hint)
    return { input, label: h('div', { class: 'observed-field' }, h('label', {}, h('span', {}, label), input), described) }
  }

  /** @param {Of} of */
  #typed(of) {
    const input = this.#fields.get(of)?.input
    if (!input) return
    const text = input.value.trim()
    const search = searchOf(of, text)
    const wrong = text !== '' && search === null
    input.setAttribute('aria-invalid', String(wrong))
    // What is not understood yet changes nothing.
    if (wrong) this.#tell(`Not understood. ${FIELDS[of].hint}`)
    else if (this.#told.textContent?.startsWith('Not understood')) this.#tell(input === document.activeElement ? FIELDS[of].hint : '')
    // The field is read again when it is left: what it says may be in force already.
    if (!wrong && (search?.text ?? '') !== (this.#inForce.get(of) ?? '')) this.#onfilter(nameOf(of), search)
  }

  /** @param {HTMLElement} target */
  #pressed(target) {
    const choice = target.closest('button')?.dataset.choice
    if (choice !== undefined) this.#onfilter(KIND, choice === '' ? null : { kind: 'choice', values: [choice] })
  }

  #collected() {
    const { value } = this.#collection
    this.#onfilter(COLLECTION, value === '' ? null : { kind: 'choice', values: [value] })
  }

  /** @param {string} text */
  #tell(text) {
    this.#told.textContent = text
    this.#told.hidden = text === ''
  }

  /** Offer the names of the targets. */
  async #offer() {
    if (this.#names.children.length > 0) return
    const { catalogue } = await this.#targets()
    await catalogue.load([TARGET])
    const names = new Set(/** @type {string[]} */ (catalogue.column(TARGET).values))
    names.delete('')
    this.#names.replaceChildren(...[...names].sort().slice(0, MOST).map((value) => h('option', { value })))
  }

  /** @param {import('../data/settings.js').Choices} kinds @param {import('../data/settings.js').Choices} collections */
  #lay(kinds, collections) {
    const tab = (/** @type {string} */ choice, /** @type {string} */ label) =>
      h('button', { type: 'button', 'data-choice': choice, 'aria-pressed': 'false' }, `${label} `, h('span', { class: 'browse-count' }))
    this.#kinds.hidden = kinds.length < 2
    this.#kinds.replaceChildren(tab('', 'All'), ...kinds.map(([value]) => tab(value, KINDS[value] ?? value)))
    this.#collections.hidden = collections.length < 2
    this.#collection.replaceChildren(h('option', { value: '' }, 'All'), ...collections.map(([value]) => h('option', { value }, value)))
  }
}

/** @param {ClipboardEvent} event @param {HTMLInputElement} input */
function pasted(event, input) {
  const text = event.clipboardData?.getData('text') ?? ''
  if (!/[\r\n]/.test(text.trim())) return
  event.preventDefault()
  input.setRangeText(text.trim().replace(/[\r\n]+/g, ' '), input.selectionStart ?? 0, input.selectionEnd ?? 0, 'end')
  input.dispatchEvent(new Event('input', { bubbles: true }))
}

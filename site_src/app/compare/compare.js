// Up to six models side by side: their parameters, their spectra over one another, their maps.

import { located, linesOf, observationOf, observationsOf, parametersOf, telling, viewsOf } from './data.js'
import { CompareMaps } from './maps.js'
import { MOMENTS, shared } from './scale.js'
import { parameterTable } from './table.js'
import { h } from '../page/dom.js'
import { Observed } from '../explore/observed.js'
import { SpectrumPlot } from '../charts/spectrumplot.js'
import { NAME } from '../browse/state.js'
import { explained } from '../explore/trouble.js'

/**
 * @typedef {import('../data/catalogue.js').Catalogue} Catalogue
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('../explore/modeldata.js').ModelData} ModelData
 * @typedef {import('./data.js').Compared} Compared
 * @typedef {{id: string, style: number, observed: Observed}} Chosen
 * @typedef {import('./scale.js').Moment} Moment
 * @typedef {import('./scale.js').Stretch} Stretch
 */

/** @type {[Stretch, string][]} */
const STRETCHES = [['root', 'square root'], ['linear', 'linear'], ['log', 'logarithmic']]

export class Compare {
  /** Counts calls, so that one that is overtaken stops. */
  #turn = 0
  /** Pieces of work under way. */
  #working = 0
  /** @type {Compared[]} */
  #models = []
  /** What the pages of models say of their observations, or why they say nothing. @type {Map<string, ModelData | string>} */
  #data = new Map()
  /** @type {Map<import('../explore/modeldata.js').ObservationData, Observed>} */
  #observed = new Map()
  #parameters = h('section')
  #notes = h('ul', { class: 'compare-notes' })
  #hint = h('p', { class: 'compare-hint' }, 'Pick up to six models in the table or on the plot to compare them here.')
  #spectra = new SpectrumPlot({ label: 'Spectra' })
  #maps = new CompareMaps()
  #line = picker('Line', [], () => this.#choose())
  #view = picker('Direction', [], () => this.#choose())
  #moment = picker('Map', Object.entries(MOMENTS).map(([name, { title }]) => [name, title]), () => this.#choose())
  #stretch = picker('Colours', STRETCHES, () => this.#choose())
  #shown
  #onremove

  /** @param {{onremove: (id: string) => void}} outcomes */
  constructor({ onremove }) {
    this.#onremove = onremove
    this.#shown = h(
      'div',
      { class: 'compare-shown' },
      this.#parameters,
      h('div', { class: 'compare-picks' }, this.#line.element, this.#view.element),
      h('div', { role: 'status' }, this.#notes),
      h('section', { 'aria-label': 'Spectra' }, h('h2', {}, 'Spectra'), this.#spectra.element),
      h('section', { 'aria-label': 'Maps' }, h('h2', {}, 'Maps'), h('div', { class: 'compare-picks' }, this.#moment.element, this.#stretch.element), this.#maps.element),
    )
    this.element = h('div', { class: 'compare' }, this.#hint, this.#shown)
  }

  /**
   * Show models of a catalogue; done when everything is drawn.
   * @param {{catalogue: Catalogue, infos: Map<string, ColumnInfo>, ids: string[]}} wanted
   */
  async show(wanted) {
    const turn = ++this.#turn
    const { ids } = wanted
    this.#hint.hidden = ids.length > 1
    this.#shown.hidden = ids.length === 0
    if (ids.length > 0) await this.#busy(() => this.#fill(wanted, turn))
  }

  /** Show what was chosen. */
  #choose() {
    return this.#busy(() => this.#observe())
  }

  /** @param {() => Promise<void>} work */
  async #busy(work) {
    this.#working += 1
    this.element.setAttribute('aria-busy', 'true')
    try {
      await work()
    } finally {
      this.#working -= 1
      this.element.setAttribute('aria-busy', String(this.#working > 0))
    }
  }

  /**
   * @param {{catalogue: Catalogue, infos: Map<string, ColumnInfo>, ids: string[]}} wanted
   * @param {number} turn
   */
  async #fill({ catalogue, infos, ids }, turn) {
    await catalogue.load([NAME])
    const models = located(catalogue, ids)
    const there = models.filter(({ row }) => row >= 0)
    await catalogue.loadRows(telling(infos).map(({ name }) => name), there.map(({ row }) => row))
    if (turn !== this.#turn) return
    this.#models = models
    this.#parameters.replaceChildren(...parameterTable(models, parametersOf(catalogue, infos, models), this.#onremove))
    const unread = there.map(({ id }) => id).filter((id) => typeof this.#data.get(id) !== 'object')
    for (const [id, data] of await observationsOf(unread)) this.#data.set(id, data)
    if (turn !== this.#turn) return
    await this.#observe()
  }

  /**
   * An observation that keeps what has been read of it.
   * @param {ModelData} model
   * @param {import('../explore/modeldata.js').ObservationData} data
   */
  #observedOf(model, data) {
    const observed = this.#observed.get(data) ?? new Observed(model, data)
    this.#observed.set(data, observed)
    return observed
  }

  /** Show the chosen line, direction and map of all models. */
  async #observe() {
    const turn = this.#turn
    const data = this.#models.flatMap(({ id }) => this.#data.get(id) ?? [])
    const line = this.#line.offer(linesOf(data).map((name) => [name, name]))
    const view = this.#view.offer(viewsOf(data, line).map((name) => [name, name]))
    const moment = /** @type {Moment} */ (this.#moment.value)
    this.#stretch.element.hidden = !MOMENTS[moment].stretches
    /** @type {string[]} */
    const notes = []
    const chosen = this.#models.flatMap(({ id, style, row }) => {
      const model = this.#data.get(id)
      const own = row < 0 ? 'is not in the catalogue' : observationOf(model, line, view)
      if (typeof own === 'object' && typeof model === 'object') return [{ id, style, observed: this.#observedOf(model, own) }]
      notes.push(`${id} ${own}`)
      return []
    })
    const [spectra, maps] = await Promise.all([spectraOf(chosen, notes), mapsOf(chosen, moment, notes)])
    if (turn !== this.#turn || line !== this.#line.value || view !== this.#view.value || moment !== this.#moment.value) return
    this.#notes.replaceChildren(...notes.map((note) => h('li', {}, note)))
    this.#spectra.setSeries(spectra, { x: 'Velocity (km/s)', y: 'Flux density (Jy)' })
    this.#maps.element.hidden = maps.length === 0
    const { title, unit } = MOMENTS[moment]
    const scale = shared(moment, maps.map(({ values }) => values), /** @type {Stretch} */ (this.#stretch.value))
    if (maps.length > 0) this.#maps.show(maps, scale, { label: `${title}, ${line}`, unit })
  }
}

/**
 * @param {Chosen[]} chosen
 * @param {string[]} notes what could not be read is said here
 */
async function spectraOf(chosen, notes) {
  const read = async (/** @type {Chosen} */ { id, style, observed }) => {
    const [velocity, flux] = await Promise.all([observed.small('velocity'), observed.small('spectrum')])
    return { label: id, style, velocity, flux }
  }
  return kept(chosen, read, notes)
}

/**
 * @param {Chosen[]} chosen
 * @param {Moment} moment
 * @param {string[]} notes
 */
async function mapsOf(chosen, moment, notes) {
  const read = async (/** @type {Chosen} */ { id, style, observed }) => {
    const { datasets, field } = observed.data
    const [rows = 1, columns = 1] = datasets[moment].shape
    const pixel = ((field ?? 0) * 3600) / Math.hypot(rows, columns) || 1
    return { label: id, style, values: await observed.small(moment), rows, columns, pixel }
  }
  return kept(chosen, read, notes)
}

/**
 * What can be read of each; one that fails does not take the others with it.
 * @template Result
 * @param {Chosen[]} chosen
 * @param {(one: Chosen) => Promise<Result>} read
 * @param {string[]} notes
 * @returns {Promise<Result[]>}
 */
async function kept(chosen, read, notes) {
  const results = await Promise.allSettled(chosen.map(read))
  return results.flatMap((result, place) => {
    if (result.status === 'fulfilled') return [result.value]
    const note = `${chosen[place]?.id}: ${explained(result.reason)}`
    if (!notes.includes(note)) notes.push(note)
    return []
  })
}

/**
 * A labelled choice that keeps its value while it is offered.
 * @param {string} label
 * @param {[value: string, text: string][]} options
 * @param {() => void} onchange
 */
function picker(label, options, onchange) {
  const select = h('select', { onchange })
  const offer = (/** @type {[value: string, text: string][]} */ list) => {
    const before = select.value
    select.replaceChildren(...list.map(([value, text]) => h('option', { value }, text)))
    if (list.some(([value]) => value === before)) select.value = before
    return select.value
  }
  offer(options)
  return {
    element: h('label', { class: 'compare-pick' }, h('span', {}, label), select),
    offer,
    get value() {
      return select.value
    },
  }
}

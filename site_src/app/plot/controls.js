// The controls of the plot: which columns, which scales, what the pointer does, a rectangle by numbers.

import { title } from './axes.js'
import { kindOf } from '../data/column.js'
import { h } from '../page/dom.js'
import { lensOf } from './units.js'

/**
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('../browse/state.js').Axes} Axes
 * @typedef {import('./gestures.js').Tool} Tool
 * @typedef {'x' | 'y' | 'colour'} Role
 *
 * @typedef {object} Wishes
 * @property {(axes: Axes) => void} axes
 * @property {(role: Role, log: boolean) => void} log
 * @property {(tool: Tool) => void} tool
 * @property {() => void} whole shows everything again
 * @property {() => void} clear takes the outline away
 * @property {() => void} save
 * @property {(bounds: Bounds) => void} rectangle
 *
 * @typedef {Record<'xmin' | 'xmax' | 'ymin' | 'ymax', number>} Bounds NaN where a field is empty
 */

/** @type {[Role, string][]} */
const ROLES = [['x', 'Horizontal'], ['y', 'Vertical'], ['colour', 'Colour']]
/** @type {[Tool, string, string][]} */
const TOOLS = [
  ['lasso', 'Lasso', 'Draw an outline around models to select them; click a model for its page'],
  ['zoom', 'Zoom', 'Drag a rectangle to enlarge it; turn the wheel with the control key'],
  ['point', 'Point', 'Touch a model for its values; dragging scrolls the page'],
]

/** Bins with values from which on a column makes a good axis. */
const ENOUGH = 12
/** What an observation is plotted by first. */
const BRIGHTNESS = 'peak_flux_density'

/**
 * Whether a column has numbers that differ, as its histogram says.
 * @param {ColumnInfo} info
 */
function isAxis(info) {
  return kindOf(info.type) === 'number' && info.bins !== null
}

/**
 * Names of the columns that are drawn.
 * @param {Axes} axes
 */
export function named({ x, y, colour }) {
  return [x, y, colour].filter(Boolean)
}

/**
 * The columns that the plot opens with.
 * @param {Map<string, ColumnInfo>} infos
 * @returns {Axes}
 */
export function opening(infos) {
  const all = [...infos.values()]
  const axes = all.filter(isAxis)
  const best = (/** @type {(info: ColumnInfo) => number} */ liking, /** @type {ColumnInfo | undefined} */ taken = undefined) =>
    axes.filter((info) => info !== taken).sort((a, b) => spread(b) - spread(a) || liking(b) - liking(a))[0]
  const parameter = (/** @type {ColumnInfo} */ info) => Number(info.group === 'Parameters')
  const x = best(parameter)
  const y = best((info) => (info.name === BRIGHTNESS ? 2 : parameter(info)), x) ?? x
  const words = all.find(({ choices }) => choices && choices.length > 1)
  return { x: x?.name ?? '', y: y?.name ?? '', colour: words?.name ?? '' }
}

/**
 * In how many bins a column has values; more than enough count alike.
 * @param {ColumnInfo} info
 */
function spread({ bins }) {
  return Math.min(bins?.counts.filter((count) => count > 0).length ?? 0, ENOUGH)
}

export class PlotControls {
  /** @type {Axes} */
  #axes = { x: '', y: '', colour: '' }
  #infos = ''
  #selects
  #logs
  #whole
  #clear
  #fields

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#selects = choices((role, name) => wishes.axes({ ...this.#axes, [role]: name }))
    this.#logs = ticked(wishes.log)
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) => h('button', { type: 'button', onclick }, text)
    const swap = h(
      'button',
      { type: 'button', class: 'plot-swap', 'aria-label': 'Swap the axes', title: 'Swap the axes', onclick: () => wishes.axes({ ...this.#axes, x: this.#axes.y, y: this.#axes.x }) },
      '⇄',
    )
    this.#whole = button('Show all', wishes.whole)
    this.#clear = button('Clear lasso', wishes.clear)
    const [x, y, colour] = ROLES.map(([role, text]) =>
      h('div', { class: 'plot-pick' }, h('label', {}, h('span', {}, text), this.#selects[role]), this.#logs[role].element),
    )
    this.tools = tools(wishes.tool)
    const row = h('div', { class: 'plot-tools' }, this.tools.element, this.#whole, this.#clear, button('Save picture', wishes.save))
    this.#fields = fields()
    this.rectangle = h('details', { class: 'plot-numbers quiet-fold' }, h('summary', {}, 'Select a rectangle by numbers'), this.#form(wishes))
    this.element = h('div', { class: 'plot-controls' }, h('div', { class: 'plot-picks' }, x ?? '', swap, y ?? '', colour ?? ''), row)
  }

  /**
   * Bring the controls in line with what is shown.
   * @param {Map<string, ColumnInfo>} infos
   * @param {Axes} axes
   * @param {Record<Role, boolean>} logs
   * @param {{zoomed: boolean, outlined: boolean}} now
   */
  set(infos, axes, logs, { zoomed, outlined }) {
    this.#axes = axes
    this.#offer(infos)
    for (const [role] of ROLES) {
      this.#selects[role].value = axes[role]
      this.#logs[role].input.checked = logs[role]
      const info = infos.get(axes[role])
      this.#logs[role].element.hidden = !info || kindOf(info.type) !== 'number'
    }
    this.#whole.disabled = !zoomed
    this.#clear.disabled = !outlined
    const label = (/** @type {string} */ name) => {
      const info = infos.get(name)
      return info ? title({ label: info.label, unit: lensOf(info).unit }) : name
    }
    for (const [key, field] of Object.entries(this.#fields)) {
      const name = label(key.startsWith('x') ? axes.x : axes.y)
      field.setAttribute('aria-label', `${key.endsWith('min') ? 'Lowest' : 'Highest'} ${name}`)
    }
    const [x, y] = this.rectangle.querySelectorAll('legend')
    if (x) x.textContent = label(axes.x)
    if (y) y.textContent = label(axes.y)
  }

  /** @param {Map<string, ColumnInfo>} infos */
  #offer(infos) {
    const all = [...infos.values()]
    const names = all.map(({ name }) => name).join()
    if (names === this.#infos) return
    this.#infos = names
    const options = (/** @type {ColumnInfo[]} */ list) => list.map((info) => h('option', { value: info.name }, title({ label: info.label, unit: lensOf(info).unit })))
    const numbers = all.filter(isAxis)
    this.#selects.x.replaceChildren(...options(numbers))
    this.#selects.y.replaceChildren(...options(numbers))
    this.#selects.colour.replaceChildren(h('option', { value: '' }, 'one colour'), ...options(all.filter((info) => isAxis(info) || info.choices)))
  }

  /** @param {Wishes} wishes */
  #form(wishes) {
    const { xmin, xmax, ymin, ymax } = this.#fields
    const to = () => h('span', { 'aria-hidden': 'true' }, 'to')
    const form = h(
      'form',
      {},
      h('fieldset', {}, h('legend', {}), xmin, to(), xmax),
      h('fieldset', {}, h('legend', {}), ymin, to(), ymax),
      h('button', { type: 'submit' }, 'Select'),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const read = (/** @type {HTMLInputElement} */ field) => {
        const text = field.value.trim().replace('−', '-')
        const value = text === '' ? NaN : Number(text)
        field.setAttribute('aria-invalid', String(text !== '' && Number.isNaN(value)))
        return value
      }
      const bounds = { xmin: read(xmin), xmax: read(xmax), ymin: read(ymin), ymax: read(ymax) }
      if (!form.querySelector('[aria-invalid=true]')) wishes.rectangle(bounds)
    })
    return form
  }
}

function fields() {
  const field = () => h('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', spellcheck: 'false' })
  return { xmin: field(), xmax: field(), ymin: field(), ymax: field() }
}

/** @param {(role: Role, name: string) => void} onchange */
function choices(onchange) {
  const made = ROLES.map(([role]) => {
    const select = h('select', { 'data-role': role })
    select.addEventListener('change', () => onchange(role, select.value))
    return [role, select]
  })
  return /** @type {Record<Role, HTMLSelectElement>} */ (Object.fromEntries(made))
}

/** @param {(role: Role, log: boolean) => void} onchange */
function ticked(onchange) {
  const made = ROLES.map(([role, text]) => {
    const input = h('input', { type: 'checkbox', 'aria-label': `${text}: logarithmic` })
    input.addEventListener('change', () => onchange(role, input.checked))
    return [role, { input, element: h('label', { class: 'plot-log' }, input, 'log') }]
  })
  return /** @type {Record<Role, {input: HTMLInputElement, element: HTMLElement}>} */ (Object.fromEntries(made))
}

/** @param {(tool: Tool) => void} onchange */
function tools(onchange) {
  const coarse = matchMedia('(pointer: coarse)').matches
  /** @type {Tool} */
  let current = coarse ? 'point' : 'lasso'
  const boxes = TOOLS.map(([tool, text, note]) => {
    const input = h('input', { type: 'radio', name: 'plot-tool', value: tool, checked: tool === current })
    input.addEventListener('change', () => onchange((current = tool)))
    return h('label', { title: note }, input, h('span', {}, text))
  })
  return { element: h('div', { class: 'plot-tool', role: 'radiogroup', 'aria-label': 'What dragging does' }, ...boxes), current: () => current }
}

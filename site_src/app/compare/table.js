// The parameters of several models side by side: those that differ, and folded away those that do not.

import { position } from '../data/bins.js'
import { h, svg } from '../page/dom.js'
import { count } from '../page/format.js'
import { modelPage } from '../page/links.js'
import { unitOf } from '../data/settings.js'
import { swatch } from '../charts/spectrumlines.js'

const WIDTH = 110
const HEIGHT = 18

/**
 * @typedef {import('./data.js').Compared} Compared
 * @typedef {import('./data.js').Parameter} Parameter
 */

/**
 * Names of the models, each with a link and a button that takes it away.
 * @param {Compared[]} models
 * @param {(id: string) => void} onremove
 */
export function header(models, onremove) {
  return models.map(({ id, style, row }) => {
    const remove = h('button', { type: 'button', 'aria-label': `Remove ${id} from the comparison`, onclick: () => onremove(id) }, '×')
    const name = row < 0 ? h('span', {}, `${id} is not in the catalogue`) : h('a', { href: modelPage(id) }, id)
    return h('th', { scope: 'col' }, h('span', { class: 'compare-name' }, swatch(style), remove), name)
  })
}

/**
 * @param {Compared[]} models
 * @param {Parameter[]} parameters
 * @param {(id: string) => void} onremove
 */
export function parameterTable(models, parameters, onremove) {
  const differing = parameters.filter(({ same }) => !same || models.length === 1)
  const equal = parameters.filter(({ same }) => same && models.length > 1)
  const head = h('tr', {}, h('th', { scope: 'col' }, models.length > 1 ? 'What differs' : 'Parameter'), h('th', { scope: 'col', class: 'compare-range' }, 'In the catalogue'), ...header(models, onremove))
  const lines = differing.map((parameter) => h(
    'tr',
    {},
    heading(parameter),
    h('td', { class: 'compare-range' }, ...range(models, parameter)),
    ...cells(models, parameter),
  ))
  const table = h('table', { class: 'compare-table' }, h('thead', {}, head), h('tbody', {}, ...lines))
  const region = h('div', { class: 'compare-scroll', tabindex: 0, role: 'region', 'aria-label': 'Parameters' }, table)
  return equal.length > 0 ? [region, folded(equal)] : [region]
}

/**
 * @param {Compared[]} models
 * @param {Parameter} parameter
 */
function cells(models, { texts, values }) {
  const style = values.some((value) => !Number.isNaN(value)) ? 'is-number' : 'is-text'
  let place = 0
  return models.map(({ row }) => h('td', { class: style }, row < 0 ? '–' : texts[place++] ?? '–'))
}

/**
 * Name and unit of a parameter, which may stand under one another.
 * @param {Parameter} parameter
 */
function heading({ info }) {
  const unit = unitOf(info)
  return h('th', { scope: 'row', title: info.description }, info.label, ...(unit ? [' ', h('span', { class: 'compare-unit' }, `(${unit})`)] : []))
}

/** @param {Parameter[]} parameters */
function folded(parameters) {
  const lines = parameters.map((parameter) => h('tr', {}, heading(parameter), h('td', {}, parameter.texts[0] ?? '')))
  const head = h('tr', {}, h('th', { scope: 'col' }, 'What is equal'), h('th', { scope: 'col' }, 'Value'))
  const number = parameters.length === 1 ? 'One parameter is' : `${count(parameters.length)} parameters are`
  const table = h('table', { class: 'compare-table' }, h('thead', {}, head), h('tbody', {}, ...lines))
  const region = h('div', { class: 'compare-scroll', tabindex: 0, role: 'region', 'aria-label': 'Parameters that are equal' }, table)
  return h('details', { class: 'compare-equal quiet-fold' }, h('summary', {}, `${number} equal`), region)
}

/**
 * Where the values lie in the range of the whole catalogue; nothing where that has no range.
 * @param {Compared[]} models
 * @param {Parameter} parameter
 */
function range(models, { info, values }) {
  const { bins } = info
  if (!bins) return []
  const there = models.filter(({ row }) => row >= 0)
  const marks = values.flatMap((value, place) => {
    const at = position(bins, value)
    if (!(at >= 0 && at <= 1)) return []
    const x = 3 + at * (WIDTH - 6)
    return [svg('line', { x1: x, x2: x, y1: 2, y2: HEIGHT - 2, class: `compare-mark is-s${there[place]?.style ?? 0}` })]
  })
  const axis = svg('line', { x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2, class: 'compare-axis' })
  return [svg('svg', { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' }, axis, ...marks)]
}

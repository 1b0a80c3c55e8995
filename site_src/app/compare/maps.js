// Maps of several models side by side: one scale of colours, one of angles, one cross that reads them all.

import { position, valueAt } from '../plot/axes.js'
import { coloured, meaning } from './scale.js'
import { h } from '../page/dom.js'
import { number } from '../page/format.js'
import { shortened } from '../page/names.js'
import { axisOf, boxOf, drawAxes, drawLegend } from '../plot/draw.js'
import { swatch } from '../charts/spectrumlines.js'
import { inks, onTheme } from '../page/theme.js'

/** Steps of the arrow keys over the width of the maps, without and with Shift. */
const STEPS = 64
const BIG = 8
/** Arms of the cross, from where to where from its middle, in pixels. */
const FREE = 4
const ARM = 13

/**
 * @typedef {import('./scale.js').Shared} Shared
 * @typedef {import('../plot/axes.js').Scale} Scale
 * @typedef {{x: number, y: number}} Place offset from the middle [arcsec]
 *
 * @typedef {object} Chart
 * @property {string} label
 * @property {number} style
 * @property {ArrayLike<number>} values row by row, row 0 at the bottom
 * @property {number} rows
 * @property {number} columns
 * @property {number} pixel side of a pixel [arcsec]
 *
 * @typedef {{chart: Chart, canvas: HTMLCanvasElement, picture: HTMLCanvasElement, value: HTMLElement, box: import('../plot/draw.js').Box}} Pane
 */

export class CompareMaps {
  /** @type {Pane[]} */
  #panes = []
  /** @type {Shared | null} */
  #scale = null
  #title = { label: '', unit: '' }
  /** Half the width of the largest map [arcsec]. */
  #reach = 1
  /** @type {Place | null} */
  #at = null
  #bar = h('canvas', { class: 'compare-bar', role: 'img' })
  #grid = h('div', { class: 'compare-grid' })
  #spoken = h('p', { class: 'compare-spoken', role: 'status' })

  constructor() {
    this.element = h(
      'div',
      { class: 'compare-maps', role: 'application', tabindex: 0, 'aria-label': 'Maps; arrow keys move a cross that reads all of them' },
      this.#bar, this.#grid, this.#spoken,
    )
    this.element.addEventListener('keydown', (event) => this.#key(event))
    new ResizeObserver(() => this.#draw()).observe(this.element)
    onTheme(() => this.#draw())
  }

  /**
   * @param {Chart[]} charts
   * @param {Shared} scale
   * @param {{label: string, unit: string}} title
   */
  show(charts, scale, title) {
    this.#scale = scale
    this.#title = title
    this.#reach = Math.max(...charts.map(({ rows, columns, pixel }) => (Math.max(rows, columns) * pixel) / 2))
    this.#panes = charts.map((chart) => this.#pane(chart, scale))
    this.#grid.dataset.maps = String(charts.length)
    this.#grid.replaceChildren(...this.#panes.map(({ chart, canvas, value }) => h(
      'figure', {}, h('figcaption', {}, h('span', { class: 'compare-name', title: chart.label }, swatch(chart.style), h('span', {}, ...shortened(chart.label))), value), canvas,
    )))
    this.#draw()
    this.#read()
  }

  /**
   * @param {Chart} chart
   * @param {Shared} scale
   * @returns {Pane}
   */
  #pane(chart, scale) {
    const picture = h('canvas', { width: chart.columns, height: chart.rows })
    picture.getContext('2d')?.putImageData(coloured(chart.values, chart.columns, scale), 0, 0)
    const canvas = h('canvas', { class: 'compare-map', role: 'img', 'aria-label': `${this.#title.label} of ${chart.label}` })
    const pane = { chart, canvas, picture, value: h('span', { class: 'compare-value' }), box: { left: 0, top: 0, width: 1, height: 1 } }
    canvas.addEventListener('pointermove', (event) => this.#move(this.#under(pane, event)))
    canvas.addEventListener('pointerdown', (event) => this.#move(this.#under(pane, event)))
    canvas.addEventListener('pointerleave', () => this.#move(null))
    return pane
  }

  /**
   * @param {Pane} pane
   * @param {PointerEvent} event
   * @returns {Place | null}
   */
  #under({ box }, event) {
    const across = (event.offsetX - box.left) / box.width
    const up = 1 - (event.offsetY - box.top) / box.height
    if (across < 0 || across > 1 || up < 0 || up > 1) return null
    return { x: valueAt(this.#angles(), across), y: valueAt(this.#angles(), up) }
  }

  /** @returns {Scale} */
  #angles() {
    return { min: -this.#reach, max: this.#reach, log: false }
  }

  /** @param {Place | null} place */
  #move(place) {
    this.#at = place
    for (const pane of this.#panes) this.#paint(pane)
    this.#read()
  }

  #draw() {
    if (!this.#scale || this.element.clientWidth === 0) return
    const sheet = prepared(this.#bar, this.element.clientWidth, 60)
    drawLegend(sheet, meaning(this.#scale), this.#title, new Uint32Array())
    this.#bar.setAttribute('aria-label', `${this.#title.label} from ${number(this.#scale.low)} to ${number(this.#scale.high)} ${this.#title.unit}`)
    for (const pane of this.#panes) this.#paint(pane)
  }

  /** @param {Pane} pane */
  #paint(pane) {
    const width = pane.canvas.parentElement?.clientWidth ?? 0
    if (width === 0) return
    const angles = this.#angles()
    const info = { label: 'Offset', unit: 'arcsec' }
    const upright = axisOf(angles, info, width - 60, 44)
    const box = boxOf(prepared(pane.canvas, width, width), upright.ticks, 0)
    const side = box.width
    const sheet = prepared(pane.canvas, width, box.top + side + 46)
    pane.box = { ...box, height: side }
    const { chart, picture } = pane
    const at = (/** @type {number} */ offset) => position(angles, offset) * side
    const [half, tall] = [(chart.columns * chart.pixel) / 2, (chart.rows * chart.pixel) / 2]
    sheet.ctx.imageSmoothingEnabled = false
    sheet.ctx.drawImage(picture, box.left + at(-half), box.top + at(-tall), at(half) - at(-half), at(tall) - at(-tall))
    drawAxes(sheet, pane.box, axisOf(angles, info, side, 52), upright)
    if (this.#at) cross(sheet.ctx, box.left + at(this.#at.x), box.top + side - at(this.#at.y), sheet.inks)
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = ((2 * this.#reach) / STEPS) * (event.shiftKey ? BIG : 1)
    const moves = { ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }
    const [x, y] = moves[/** @type {keyof typeof moves} */ (event.key)] ?? []
    if (x === undefined || y === undefined || event.altKey || event.metaKey || event.ctrlKey) return
    event.preventDefault()
    const inside = (/** @type {number} */ value) => Math.min(Math.max(value, -this.#reach), this.#reach)
    this.#move({ x: inside((this.#at?.x ?? 0) + x), y: inside((this.#at?.y ?? 0) + y) })
    this.#spoken.textContent = this.#said()
  }

  #read() {
    for (const { chart, value } of this.#panes) value.textContent = this.#at ? this.#valueAt(chart, this.#at) : ''
  }

  /**
   * @param {Chart} chart
   * @param {Place} place
   */
  #valueAt({ values, rows, columns, pixel }, { x, y }) {
    const column = Math.floor(x / pixel + columns / 2)
    const row = Math.floor(y / pixel + rows / 2)
    const value = column >= 0 && column < columns && row >= 0 && row < rows ? Number(values[row * columns + column]) : NaN
    return Number.isNaN(value) ? 'no value' : `${number(value)} ${this.#title.unit}`
  }

  #said() {
    const at = this.#at
    if (!at) return ''
    const place = [at.x, at.y].map((value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}″`).join(', ')
    return `${place}: ${this.#panes.map(({ chart }) => `${chart.label} ${this.#valueAt(chart, at)}`).join('; ')}`
  }
}

/**
 * A canvas made ready at the resolution of the screen.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width in CSS pixels
 * @param {number} height
 * @returns {import('../plot/draw.js').Sheet}
 */
function prepared(canvas, width, height) {
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  canvas.width = Math.round(width * devicePixelRatio)
  canvas.height = Math.round(height * devicePixelRatio)
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  return { ctx, inks: inks(canvas), font: getComputedStyle(canvas).fontFamily || 'sans-serif', width, height }
}

/**
 * A cross with a free middle, seen on light and on dark maps.
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {number} y
 * @param {import('../page/theme.js').Inks} inks
 */
function cross(ctx, x, y, { panel, ink }) {
  for (const [colour, width] of /** @type {const} */ ([[panel, 4], [ink, 1.5]])) {
    ctx.strokeStyle = colour
    ctx.lineWidth = width
    ctx.beginPath()
    for (const [dx, dy] of /** @type {const} */ ([[1, 0], [-1, 0], [0, 1], [0, -1]])) {
      ctx.moveTo(x + dx * FREE, y + dy * FREE)
      ctx.lineTo(x + dx * ARM, y + dy * ARM)
    }
    ctx.stroke()
  }
}

// Spectra over one another: read by pointer or by arrow keys, each switched on and off in the legend.

import uPlot from 'uplot'
import { h } from '../page/dom.js'
import { number } from '../page/format.js'
import { dash, nearest, nearestValue, ordered, shade, swatch, unitOf } from './spectrumlines.js'
import { inks, onTheme } from '../page/theme.js'

/** Steps of the page keys. */
const PAGE = 10

/**
 * @typedef {import('./spectrumlines.js').Spectrum} Spectrum
 * @typedef {{x: string, y: string}} AxisTitles with their units
 * @typedef {import('./spectrumlines.js').Ordered & {shown: boolean, button: HTMLButtonElement, value: HTMLElement}} Line
 */

export class SpectrumPlot {
  /** @type {Line[]} */
  #lines = []
  /** @type {uPlot | null} */
  #chart = null
  /** All velocities, ascending. @type {number[]} */
  #velocities = []
  /** @type {AxisTitles} */
  #titles = { x: 'Velocity (km/s)', y: 'Flux density (Jy)' }
  /** @type {[number, number] | null} */
  #range = null
  /** Velocity marked for the reader, such as that of the map shown. @type {number | null} */
  #marked = null
  /** Velocity under the cursor. @type {number | null} */
  #at = null
  #frame
  #reading = h('p', { class: 'spectrum-reading', 'aria-hidden': 'true' })
  #legend = h('ul', { class: 'spectrum-legend' })
  #oncursor
  #ends

  /**
   * @param {{label: string, oncursor?: (velocity: number | null) => void, onpick?: (velocity: number) => void}} options
   *   label of the drawing; what to do as the cursor moves, and on a click or Enter
   */
  constructor({ label, oncursor = () => {}, onpick = () => {} }) {
    this.#oncursor = oncursor
    this.#frame = h('div', { class: 'spectrum-frame', role: 'slider', tabindex: 0, 'aria-label': label })
    this.element = h('div', { class: 'spectrum' }, this.#reading, this.#frame, this.#legend)
    const pick = () => this.#at !== null && onpick(this.#at)
    this.#frame.addEventListener('keydown', (event) => (event.key === 'Enter' ? pick() : this.#key(event)))
    this.#frame.addEventListener('click', pick)
    const observer = new ResizeObserver(() => this.#resize())
    observer.observe(this.#frame)
    const off = onTheme(() => this.#chart?.redraw(false, true))
    this.#ends = () => (observer.disconnect(), off())
  }

  /**
   * Show other spectra.
   * @param {Spectrum[]} spectra
   * @param {AxisTitles} [titles]
   * @param {[number, number] | null} [range] of the vertical axis; that of the values if left out
   */
  setSeries(spectra, titles = this.#titles, range = null) {
    const hidden = new Set(this.#lines.filter(({ shown }) => !shown).map(({ label }) => label))
    this.#titles = titles
    this.#range = range
    this.#lines = spectra.map((spectrum, place) => this.#line(spectrum, place, !hidden.has(spectrum.label)))
    this.#legend.replaceChildren(...this.#lines.map(({ button }) => h('li', {}, button)))
    this.#build()
    this.#read(null)
  }

  /**
   * Mark a velocity with a line; null takes the mark away.
   * @param {number | null} velocity
   */
  mark(velocity) {
    this.#marked = velocity
    this.#chart?.redraw(false)
  }

  /** Let go of what the drawing observes. */
  destroy() {
    this.#ends()
    this.#chart?.destroy()
    this.#chart = null
  }

  /**
   * @param {Spectrum} spectrum
   * @param {number} place
   * @param {boolean} shown
   * @returns {Line}
   */
  #line(spectrum, place, shown) {
    const line = ordered(spectrum, place)
    const value = h('span', { class: 'spectrum-value' })
    const label = h('span', { class: 'spectrum-label', title: line.label }, line.label)
    const button = h('button', { type: 'button', onclick: () => this.#toggle(place) }, swatch(line.style), label, value)
    button.setAttribute('aria-pressed', String(shown))
    return { ...line, shown, button, value }
  }

  /** @param {number} place */
  #toggle(place) {
    const line = /** @type {Line} */ (this.#lines[place])
    line.shown = !line.shown
    line.button.setAttribute('aria-pressed', String(line.shown))
    this.#chart?.setSeries(place + 1, { show: line.shown })
    this.#read(this.#at)
  }

  #build() {
    this.#chart?.destroy()
    this.#chart = null
    this.#velocities = []
    if (this.#lines.length === 0) return
    const tables = this.#lines.map(({ velocity, flux }) => /** @type {uPlot.AlignedData} */ ([velocity, flux]))
    const data = uPlot.join(tables)
    this.#velocities = [.../** @type {number[]} */ (data[0])]
    this.#chart = new uPlot(this.#options(), data, this.#frame)
    this.#describe()
  }

  /** @returns {uPlot.Options} */
  #options() {
    const stroke = (/** @type {number} */ style) => () => shade(this.#frame, style)
    return {
      ...this.#size(),
      legend: { show: false },
      scales: { x: { time: false }, y: this.#range ? { range: this.#range } : {} },
      axes: [this.#axis(this.#titles.x), { ...this.#axis(this.#titles.y), size: roomy }],
      series: [{}, ...this.#lines.map(({ label, style, shown }) => ({
        label, show: shown, stroke: stroke(style), width: 1.6, dash: dash(style), points: { show: false },
      }))],
      cursor: {
        y: false,
        dataIdx: (chart, series, index) => nearestValue(chart.data[series] ?? [], index),
        points: { size: 7, width: 2, fill: () => inks(this.#frame).panel },
      },
      hooks: {
        setCursor: [({ cursor, data }) => this.#read(cursor.idx == null || (cursor.left ?? -1) < 0 ? null : data[0][cursor.idx] ?? null)],
        drawAxes: [(chart) => this.#rules(chart)],
      },
    }
  }

  /**
   * @param {string} label
   * @returns {uPlot.Axis}
   */
  #axis(label) {
    const font = `12px ${getComputedStyle(this.#frame).fontFamily || 'sans-serif'}`
    return {
      label, font, labelFont: font, labelSize: 20, labelGap: 2, gap: 4, size: 30,
      stroke: () => inks(this.#frame).muted,
      grid: { stroke: () => inks(this.#frame).line, width: 0.5 },
      ticks: { stroke: () => inks(this.#frame).muted, width: 1, size: 5 },
      values: (_, splits) => splits.map((value) => number(Number(value.toPrecision(12)))),
    }
  }

  /**
   * The line of no flux, and the marked velocity.
   * @param {uPlot} chart
   */
  #rules({ ctx, bbox, valToPos, scales }) {
    const { muted, accent } = inks(this.#frame)
    const rule = (/** @type {string} */ colour, /** @type {[number, number, number, number]} */ [x0, y0, x1, y1]) => {
      ctx.save()
      ctx.strokeStyle = colour
      ctx.lineWidth = devicePixelRatio
      ctx.beginPath()
      ctx.moveTo(x0, y0)
      ctx.lineTo(x1, y1)
      ctx.stroke()
      ctx.restore()
    }
    const zero = valToPos(0, 'y', true)
    if (Number(scales.y?.min) < 0 && Number(scales.y?.max) > 0) rule(muted, [bbox.left, zero, bbox.left + bbox.width, zero])
    if (this.#marked === null) return
    const at = valToPos(this.#marked, 'x', true)
    if (at >= bbox.left && at <= bbox.left + bbox.width) rule(accent, [at, bbox.top, at, bbox.top + bbox.height])
  }

  #size() {
    const width = this.#frame.clientWidth || 600
    return { width, height: Math.round(Math.min(Math.max(width * 0.5, 220), 340)) }
  }

  #resize() {
    const { width, height } = this.#size()
    if (this.#chart && (this.#chart.width !== width || this.#chart.height !== height)) this.#chart.setSize({ width, height })
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: PAGE, PageDown: -PAGE, Home: -Infinity, End: Infinity }
    const step = steps[/** @type {keyof typeof steps} */ (event.key)]
    if (step === undefined || !this.#chart || event.altKey || event.metaKey || event.ctrlKey) return
    event.preventDefault()
    const all = this.#velocities
    const from = nearest(all, this.#at ?? this.#marked ?? Number(all[all.length >> 1]))
    const velocity = Number(all[Math.min(Math.max(from + step, 0), all.length - 1)])
    this.#chart.setCursor({ left: this.#chart.valToPos(velocity, 'x'), top: 0 }, false)
    this.#read(velocity)
  }

  /**
   * Write the values at a velocity beside the names.
   * @param {number | null} velocity
   */
  #read(velocity) {
    this.#at = velocity
    const unit = unitOf(this.#titles.y)
    for (const { value, velocity: own, flux } of this.#lines) {
      const here = velocity === null ? null : flux[nearest(own, velocity)]
      value.textContent = velocity === null ? '' : here == null ? '–' : `${number(here)} ${unit}`
    }
    this.#reading.textContent = velocity === null ? '' : `${number(velocity)} ${unitOf(this.#titles.x)}`
    this.#describe()
    this.#oncursor(velocity)
  }

  /** Tell a screen reader where the cursor is and what is there. */
  #describe() {
    const all = this.#velocities
    const at = this.#at ?? Number(all[all.length >> 1] ?? 0)
    const values = this.#lines.filter(({ shown }) => shown).map(({ label, velocity, flux }) => {
      const here = flux[nearest(velocity, at)]
      return `${label} ${here == null ? 'no value' : `${number(here)} ${unitOf(this.#titles.y)}`}`
    })
    this.#frame.setAttribute('aria-valuemin', String(all[0] ?? 0))
    this.#frame.setAttribute('aria-valuemax', String(all.at(-1) ?? 0))
    this.#frame.setAttribute('aria-valuenow', String(at))
    this.#frame.setAttribute('aria-valuetext', `${number(at)} ${unitOf(this.#titles.x)}: ${values.join(', ') || 'no spectrum'}`)
  }
}

/**
 * Room for the longest label of the vertical axis.
 * @param {uPlot} chart
 * @param {string[] | null} values
 */
function roomy(chart, values) {
  const longest = Math.max(2, ...(values ?? []).map((text) => text.length))
  return Math.max(Math.ceil(longest * 6.6) + 14, Number(chart.axes[1]?.ticks?.size ?? 0))
}

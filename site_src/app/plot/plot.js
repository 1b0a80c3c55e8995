// The scatter plot: two columns against one another, coloured by a third, with a lasso that filters.

import { h, svg } from '../page/dom.js'
import { save } from '../downloads/download.js'
import { Nearby } from './nearby.js'
import { PlotCanvas } from './canvas.js'
import { composed, logsOf } from './compose.js'
import { named, opening, PlotControls } from './controls.js'
import { around, corners, drawnLasso, enclosed, ends, path, rectangleOf } from './geometry.js'
import { gestures } from './gestures.js'
import { traced, valuesAt } from './scene.js'
import { described, PlotNumbers, status } from './summary.js'
import { PlotTip } from './tip.js'
import { inks, onTheme } from '../page/theme.js'

/** How far from a point the pointer still means it, in pixels. */
const REACH = { mouse: 14, touch: 26 }

/**
 * @typedef {import('../data/filters.js').LassoFilter} LassoFilter
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('../data/catalogue.js').Catalogue} Catalogue
 * @typedef {import('../browse/state.js').Axes} Axes
 * @typedef {[number, number]} Point
 *
 * @typedef {object} Wanted
 * @property {Catalogue} catalogue
 * @property {Map<string, ColumnInfo>} infos
 * @property {Uint32Array} rows that match
 * @property {Axes | null} axes null to choose
 * @property {LassoFilter | null} lasso in force
 * @property {string} [noun] what a row is, in the plural; models if left out
 *
 * @typedef {object} Outcomes
 * @property {(filter: LassoFilter | null) => void} onlasso
 * @property {(axes: Axes) => void} onaxes
 * @property {(row: number) => void} onopen the page of a row
 * @property {(row: number) => void} [onpick] a row for the comparison
 * @property {() => string[]} [naming] columns that names need beside that of the model
 * @property {(row: number) => {title: string, href: string} | null} [name] of a row of no model
 */

export class Plot {
  /** @type {Wanted | null} */
  #wanted = null
  /** @type {Axes} */
  #axes = { x: '', y: '', colour: '' }
  /** Scales that the reader chose, by column. @type {Map<string, boolean>} */
  #logs = new Map()
  /** Part that is enlarged, in values. @type {{x: Point, y: Point} | null} */
  #zoom = null
  /** @type {import('./canvas.js').Drawing | null} */
  #drawing = null
  /** @type {Nearby | null} */
  #nearby = null
  /** Counts calls, so that one that is overtaken stops. */
  #turn = 0
  #canvas = new PlotCanvas()
  #outline = svg('path', { class: 'plot-outline' })
  #ring = svg('circle', { class: 'plot-ring', r: 7, visibility: 'hidden' })
  #frame = h('div', { class: 'plot-frame' })
  #status = h('p', { class: 'plot-status', 'aria-live': 'polite' })
  #numbers = new PlotNumbers()
  #controls
  #tip
  #outcomes

  /** @param {Outcomes} outcomes */
  constructor(outcomes) {
    this.#outcomes = outcomes
    this.#tip = new PlotTip({ open: outcomes.onopen, pick: outcomes.onpick, naming: outcomes.naming ?? (() => []), name: outcomes.name ?? (() => null) })
    this.#controls = new PlotControls({
      axes: (axes) => this.#wanted && outcomes.onaxes(axes),
      log: (role, log) => (this.#logs.set(this.#axes[role], log), this.#reset()),
      tool: (tool) => (this.#frame.dataset.tool = tool),
      whole: () => this.#reset(),
      clear: () => outcomes.onlasso(null),
      save: () => void this.#save(),
      rectangle: (bounds) => this.#drawing && outcomes.onlasso(rectangleOf(this.#drawing.x, this.#drawing.y, bounds)),
    })
    this.#frame.dataset.tool = this.#controls.tools.current()
    const over = svg('svg', { class: 'plot-over', 'aria-hidden': 'true' }, this.#outline, this.#ring)
    this.#frame.append(this.#canvas.element, over, this.#tip.element)
    this.element = h('div', { class: 'plot' }, this.#controls.element, this.#frame, this.#status, this.#controls.rectangle, this.#numbers.element)
    new ResizeObserver(() => this.#frame.clientWidth !== this.#canvas.width && this.#draw()).observe(this.#frame)
    onTheme(() => this.#compose())
    this.#listen()
  }

  /**
   * Show rows of a catalogue; done when they are drawn.
   * @param {Wanted} wanted
   */
  async show(wanted) {
    const turn = ++this.#turn
    const axes = wanted.axes ?? opening(wanted.infos)
    if (axes.x !== this.#axes.x || axes.y !== this.#axes.y || wanted.catalogue !== this.#wanted?.catalogue) this.#zoom = null
    this.#tip.hide()
    this.#ring.setAttribute('visibility', 'hidden')
    this.#frame.setAttribute('aria-busy', 'true')
    await wanted.catalogue.load(named(axes))
    if (turn !== this.#turn) return
    this.#wanted = wanted
    this.#axes = axes
    this.#compose()
    this.#frame.setAttribute('aria-busy', 'false')
  }

  #reset() {
    this.#zoom = null
    this.#compose()
  }

  /** Work out what is to be drawn, and draw it. */
  #compose() {
    if (!this.#wanted) return
    const { infos, lasso } = this.#wanted
    const logs = logsOf(this.#wanted, this.#axes, this.#logs)
    this.#controls.set(infos, this.#axes, logs, { zoomed: this.#zoom !== null, outlined: Boolean(lasso) })
    this.#drawing = composed(this.#wanted, this.#axes, logs, this.#zoom, inks(this.#frame))
    this.#frame.hidden = !this.#drawing
    this.#draw()
    this.#announce()
    this.#numbers.show(this.#drawing)
  }

  #draw() {
    const width = this.#frame.clientWidth
    if (!this.#drawing || width === 0) return
    this.#canvas.draw(this.#drawing, width)
    const { box, x, y } = this.#canvas
    const matching = (/** @type {Float32Array} */ all) => Float32Array.from(this.#drawing?.rows ?? [], (row) => Number(all[row]))
    this.#nearby = new Nearby(matching(x), matching(y), box.width, box.height)
    this.#outline.setAttribute('d', this.#lassoPath())
  }

  /** The outline in force as the data of a path. */
  #lassoPath() {
    const lasso = this.#wanted?.lasso
    if (!lasso || !this.#drawing) return ''
    const { x, y } = this.#drawing
    return path(traced(lasso, this.#canvas.box, x, y), true)
  }

  #announce() {
    const noun = this.#wanted?.noun ?? 'models'
    this.#status.textContent = this.#drawing ? status(this.#drawing, noun) : 'There are no numbers to draw in these columns.'
    if (this.#drawing) this.#canvas.describe(described(this.#drawing, noun))
  }

  #listen() {
    gestures(this.#frame, () => this.#controls.tools.current(), {
      hover: (at, touch) => !this.#tip.pinned && this.#point(at, touch, false),
      leave: () => !this.#tip.pinned && this.#unpoint(),
      click: (at, touch) => this.#point(at, touch, true),
      drawing: (trail) => {
        this.#unpoint()
        const zooming = this.#controls.tools.current() === 'zoom'
        this.#outline.setAttribute('d', trail.length > 1 ? path(zooming ? corners(trail) : trail, zooming) : this.#lassoPath())
      },
      drawn: (trail) => (this.#controls.tools.current() === 'zoom' ? this.#enlarge(corners(trail)) : this.#enclose(trail)),
      wheel: (at, turn) => this.#turnWheel(at, turn),
    })
  }

  /**
   * @param {Point} at
   * @param {boolean} touch
   * @param {boolean} pinned
   */
  #point(at, touch, pinned) {
    const { box, x, y, width, height } = this.#canvas
    const found = this.#nearby?.find(at[0] - box.left, at[1] - box.top, touch ? REACH.touch : REACH.mouse) ?? -1
    const row = this.#drawing?.rows[found]
    if (row === undefined || !this.#wanted) return this.#unpoint()
    const place = /** @type {Point} */ ([Number(x[row]) + box.left, Number(y[row]) + box.top])
    this.#ring.setAttribute('cx', String(place[0]))
    this.#ring.setAttribute('cy', String(place[1]))
    this.#ring.setAttribute('visibility', 'visible')
    const { catalogue, infos } = this.#wanted
    this.#tip.show(place, [width, height], { catalogue, infos, names: [...new Set(named(this.#axes))], row }, pinned)
  }

  #unpoint() {
    this.#tip.hide()
    this.#ring.setAttribute('visibility', 'hidden')
  }

  /** @param {Point[]} trail */
  #enclose(trail) {
    const outline = enclosed(trail).map((place) => this.#values(place))
    if (outline.length === 0) this.#outline.setAttribute('d', this.#lassoPath())
    else if (this.#drawing) this.#outcomes.onlasso(drawnLasso(this.#drawing.x, this.#drawing.y, outline))
  }

  /** @param {Point} place */
  #values(place) {
    const { x, y } = /** @type {import('./canvas.js').Drawing} */ (this.#drawing)
    return valuesAt(this.#canvas.box, x.scale, y.scale, place)
  }

  /** @param {Point[]} rectangle */
  #enlarge(rectangle) {
    const [from, to] = [this.#values(/** @type {Point} */ (rectangle[0])), this.#values(/** @type {Point} */ (rectangle[2]))]
    const zoom = { x: ends([from[0], to[0]]), y: ends([from[1], to[1]]) }
    if (zoom.x[0] < zoom.x[1] && zoom.y[0] < zoom.y[1]) this.#zoom = zoom
    this.#compose()
  }

  /**
   * @param {Point} at
   * @param {number} turn
   */
  #turnWheel([across, down], turn) {
    if (!this.#drawing) return
    const { left, top, width, height } = this.#canvas.box
    const factor = Math.min(Math.max(1.0015 ** turn, 0.5), 2)
    const { x, y } = this.#drawing
    this.#zoom = { x: around(x.scale, (across - left) / width, factor), y: around(y.scale, 1 - (down - top) / height, factor) }
    this.#compose()
  }

  async #save() {
    const { x, y } = this.#axes
    save(`${y}-${x}.png`, await this.#canvas.picture(new Path2D(this.#lassoPath())), 'image/png')
  }
}

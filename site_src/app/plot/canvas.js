// The canvas of the plot: clouds of points inside axes, under the legend.

import { axisOf, boxOf, drawAxes, drawLegend } from './draw.js'
import { places } from './scene.js'
import { bytesOf, NONE } from '../charts/colourmap.js'
import { inkOf, radiusOf, rasterised } from './points.js'
import { h } from '../page/dom.js'
import { inks } from '../page/theme.js'

/** Room in pixels that a label of the axes takes. */
const ACROSS = 56
const UP = 42
/** From so many points on, the pixels of CSS are fine enough. */
const MANY = 200_000
/** Colour of rows that do not match, light and dark. */
const FAINT = { light: '#8d939b', dark: '#76828c' }

/**
 * @typedef {import('./draw.js').Box} Box
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 *
 * @typedef {object} Drawing
 * @property {import('./scene.js').Side} x
 * @property {import('./scene.js').Side} y
 * @property {import('./colouring.js').Colouring} colouring
 * @property {ColumnInfo | null} colour column of the colours
 * @property {Float64Array | null} colours its values, if they are numbers
 * @property {Uint32Array} counts of each colour among the rows
 * @property {Uint32Array} rows that match and are drawn
 * @property {Uint32Array} matching rows, drawn or not
 * @property {number} missing rows that match and have no value
 * @property {number} unfit rows that match and have no place on a logarithmic axis
 */

export class PlotCanvas {
  #canvas = h('canvas', { class: 'plot-canvas', role: 'img' })
  #ctx = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d'))
  #raster = new OffscreenCanvas(1, 1)
  element = this.#canvas
  width = 0
  height = 0
  /** @type {Box} */
  box = { left: 0, top: 0, width: 1, height: 1 }
  /** Places of all rows in the box, in CSS pixels. */
  x = new Float32Array()
  y = new Float32Array()

  /**
   * @param {Drawing} drawing
   * @param {number} width in CSS pixels
   */
  draw(drawing, width) {
    const { x, y } = drawing
    this.width = width
    this.height = Math.round(Math.min(Math.max(width * 0.68, 340), 600))
    const dense = devicePixelRatio
    this.#canvas.width = Math.round(width * dense)
    this.#canvas.height = Math.round(this.height * dense)
    this.#canvas.style.height = `${this.height}px`
    this.#ctx.setTransform(dense, 0, 0, dense, 0, 0)
    const font = getComputedStyle(this.#canvas).fontFamily || 'sans-serif'
    const sheet = { ctx: this.#ctx, inks: inks(this.#canvas), font, width, height: this.height }
    const legend = drawLegend(sheet, drawing.colouring, drawing.colour, drawing.counts)
    const vertical = axisOf(y.scale, y.info, this.height - legend - 56, UP)
    this.box = boxOf(sheet, vertical.ticks, legend)
    this.x = places(x.scale, x.values, this.box.width, false)
    this.y = places(y.scale, y.values, this.box.height, true)
    this.#clouds(drawing, sheet.inks.dark, dense)
    drawAxes(sheet, this.box, axisOf(x.scale, x.info, this.box.width, ACROSS), vertical)
  }

  /** @param {string} text what a screen reader says of the drawing */
  describe(text) {
    this.#canvas.setAttribute('aria-label', text)
  }

  /**
   * The drawing on paper, with the outline.
   * @param {Path2D} outline
   * @returns {Promise<Blob>}
   */
  picture(outline) {
    const { panel, accent } = inks(this.#canvas)
    const copy = h('canvas', { width: this.#canvas.width, height: this.#canvas.height })
    const ctx = /** @type {CanvasRenderingContext2D} */ (copy.getContext('2d'))
    ctx.fillStyle = panel
    ctx.fillRect(0, 0, copy.width, copy.height)
    ctx.drawImage(this.#canvas, 0, 0)
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    ctx.strokeStyle = accent
    ctx.lineWidth = 1.5
    ctx.stroke(outline)
    return new Promise((resolve, reject) => {
      copy.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser could not write the picture'))), 'image/png')
    })
  }

  /**
   * Rows that do not match lie faintly under those that do.
   * @param {Drawing} drawing
   * @param {boolean} dark
   * @param {number} dense pixels of the screen per CSS pixel
   */
  #clouds({ colouring, rows, matching }, dark, dense) {
    const faint = bytesOf(FAINT[dark ? 'dark' : 'light'])
    const others = new Uint8Array(this.x.length).fill(1)
    for (const row of matching) others[row] = 0
    const rest = new Uint32Array(this.x.length - matching.length)
    for (let row = 0, at = 0; row < others.length; row++) if (others[row]) rest[at++] = row
    const radius = radiusOf(this.x.length)
    this.#cloud(rest, new Uint8Array(rest.length).fill(NONE), colouring.palette, faint, radius * 0.8, 0.35, dense)
    const codes = Uint8Array.from(rows, (row) => colouring.codes[row] ?? NONE)
    this.#cloud(rows, codes, colouring.palette, faint, radiusOf(rows.length), 1, dense)
  }

  /**
   * @param {Uint32Array} rows
   * @param {Uint8Array} codes
   * @param {Uint8Array} palette
   * @param {number[]} none
   * @param {number} radius in CSS pixels
   * @param {number} strength of the ink
   * @param {number} dense
   */
  #cloud(rows, codes, palette, none, radius, strength, dense) {
    if (rows.length === 0) return
    // A finer grid would not be seen in so dense a cloud, but waited for.
    const fine = rows.length > MANY ? 1 : dense
    // Points on the edge are cut there, not left out.
    const pad = Math.ceil(radius) + 3
    const [width, height] = [this.box.width, this.box.height].map((side) => Math.round((side + 2 * pad) * fine))
    const [wide, tall] = [Number(width), Number(height)]
    const shifted = (/** @type {Float32Array} */ all) => Float32Array.from(rows, (row) => (Number(all[row]) + pad) * fine)
    const cloud = { x: shifted(this.x), y: shifted(this.y), codes, palette, none }
    const ink = strength * inkOf(rows.length, radius, this.box.width * this.box.height)
    const image = new ImageData(rasterised(cloud, wide, tall, radius * fine, ink), wide, tall)
    this.#raster.width = wide
    this.#raster.height = tall
    this.#raster.getContext('2d')?.putImageData(image, 0, 0)
    const { left, top } = this.box
    this.#ctx.save()
    this.#ctx.beginPath()
    this.#ctx.rect(left, top, this.box.width, this.box.height)
    this.#ctx.clip()
    this.#ctx.drawImage(this.#raster, left - pad, top - pad, wide / fine, tall / fine)
    this.#ctx.restore()
  }
}

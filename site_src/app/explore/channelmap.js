// A map on a canvas with axes and a colour bar: read by pointer or keys, a pixel picked by click or Enter.

import { ticks } from '../plot/axes.js'
import { h } from '../page/dom.js'
import { number } from '../page/format.js'
import { painted, valueAlong } from './mapscale.js'
import { inks, onTheme } from '../page/theme.js'

const LEFT = 46
const BOTTOM = 40
const TOP = 8
const BAR = 14
/** Room for the bar's labels. */
const RIGHT = 78
const PAGE = 8

/**
 * @typedef {{row: number, column: number}} Pixel
 * @typedef {{left: number, top: number, width: number, height: number, scale: number}} Box of the map [CSS pixel]
 * @typedef {object} Picture
 * @property {ArrayLike<number>} values row by row, row 0 at the bottom
 * @property {number} rows
 * @property {number} columns
 * @property {number} pixel side of a pixel [arcsec]
 * @property {import('./mapscale.js').MapScale} scale
 * @property {string} unit
 * @property {string} title what is shown, for those who cannot see it
 */

export class ChannelMap {
  /** @type {Picture | null} */
  #picture = null
  /** @type {HTMLCanvasElement | null} */
  #painted = null
  /** Pixel under the pointer or the keys. @type {Pixel | null} */
  #at = null
  /** @type {Pixel | null} */
  #picked = null
  #canvas = h('canvas', { class: 'map-canvas' })
  #reading = h('p', { class: 'map-reading' })
  #spoken = h('p', { class: 'map-spoken', role: 'status' })

  /** @param {(pixel: Pixel) => void} onpick what a click or Enter does */
  constructor(onpick) {
    this.#canvas.setAttribute('role', 'application')
    this.#canvas.setAttribute('aria-label', 'Map; arrow keys move, Enter shows the spectrum of a pixel')
    this.#canvas.tabIndex = 0
    this.element = h('div', { class: 'map' }, this.#reading, this.#canvas, this.#spoken)
    this.#canvas.addEventListener('pointermove', (event) => this.#hover(this.#under(event)))
    this.#canvas.addEventListener('pointerleave', () => this.#hover(null))
    this.#canvas.addEventListener('click', (event) => {
      const pixel = this.#under(event)
      if (pixel) onpick(pixel)
    })
    this.#canvas.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && this.#at) onpick(this.#at)
      else this.#key(event)
    })
    new ResizeObserver(() => this.#draw()).observe(this.element)
    onTheme(() => this.#draw())
  }

  /**
   * Show a map; the reading stays at its pixel.
   * @param {Picture} picture
   */
  show(picture) {
    this.#picture = picture
    this.#painted = h('canvas', { width: picture.columns, height: picture.rows })
    this.#painted.getContext('2d')?.putImageData(painted(picture.values, picture.columns, picture.scale), 0, 0)
    this.#canvas.setAttribute('aria-label', `${picture.title}; arrow keys move, Enter shows the spectrum of a pixel`)
    this.#draw()
    this.#read()
  }

  /**
   * Mark the pixel whose spectrum is shown.
   * @param {Pixel | null} pixel
   */
  pick(pixel) {
    this.#picked = pixel
    this.#at ??= pixel
    this.#draw()
  }

  /** Where the map is on the canvas. @returns {Box} */
  #box() {
    const { rows = 1, columns = 1 } = this.#picture ?? {}
    const room = Math.max(this.element.clientWidth - LEFT - RIGHT, 80)
    const scale = Math.min(room / columns, Math.min(room, 440) / rows)
    return { left: LEFT, top: TOP, width: columns * scale, height: rows * scale, scale }
  }

  #draw() {
    const picture = this.#picture
    const context = this.#canvas.getContext('2d')
    if (!picture || !this.#painted || !context) return
    const box = this.#box()
    const width = box.left + box.width + RIGHT
    const height = box.top + box.height + BOTTOM
    this.#canvas.width = Math.round(width * devicePixelRatio)
    this.#canvas.height = Math.round(height * devicePixelRatio)
    this.#canvas.style.width = `${width}px`
    this.#canvas.style.height = `${height}px`
    context.scale(devicePixelRatio, devicePixelRatio)
    context.imageSmoothingEnabled = false
    context.drawImage(this.#painted, box.left, box.top, box.width, box.height)
    this.#axes(context, picture, box)
    this.#bar(context, picture, box)
    for (const [pixel, colour] of /** @type {const} */ ([[this.#picked, '#fff'], [this.#at, inks(this.#canvas).accent]])) {
      if (pixel) frame(context, box, picture, pixel, colour)
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Picture} picture
   * @param {Box} box
   */
  #axes(context, { rows, columns, pixel }, { left, top, width, height }) {
    const { muted, ink } = inks(this.#canvas)
    context.font = `12px ${getComputedStyle(this.#canvas).fontFamily}`
    context.strokeStyle = muted
    context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1)
    context.fillStyle = muted
    context.textAlign = 'center'
    const across = { min: (-columns * pixel) / 2, max: (columns * pixel) / 2, log: false }
    const upwards = { min: (-rows * pixel) / 2, max: (rows * pixel) / 2, log: false }
    for (const { value, text } of ticks(across, 5).major) {
      const x = left + ((value - across.min) / (across.max - across.min)) * width
      context.fillRect(x - 0.5, top + height, 1, 5)
      context.fillText(text, x, top + height + 18)
    }
    context.textAlign = 'right'
    for (const { value, text } of ticks(upwards, 5).major) {
      const y = top + height - ((value - upwards.min) / (upwards.max - upwards.min)) * height
      context.fillRect(left - 5, y - 0.5, 5, 1)
      context.fillText(text, left - 8, y + 4)
    }
    context.fillStyle = ink
    context.textAlign = 'center'
    context.fillText('Offset (arcsec)', left + width / 2, top + height + 35)
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Picture} picture
   * @param {Box} box
   */
  #bar(context, { scale, unit }, { left, top, width, height }) {
    const { muted, ink } = inks(this.#canvas)
    const at = left + width + 12
    const steps = 256
    const strip = painted(Float64Array.from({ length: steps }, (_, i) => valueAlong(scale, i / (steps - 1))), 1, scale)
    const canvas = h('canvas', { width: 1, height: steps })
    canvas.getContext('2d')?.putImageData(strip, 0, 0)
    context.drawImage(canvas, at, top + 18, BAR, height - 18)
    context.strokeStyle = muted
    context.strokeRect(at - 0.5, top + 17.5, BAR + 1, height - 17)
    context.textAlign = 'left'
    context.fillStyle = muted
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const y = top + 18 + (1 - part) * (height - 18)
      context.fillText(number(valueAlong(scale, part), 2), at + BAR + 5, Math.max(y + 4, top + 27))
    }
    context.fillStyle = ink
    context.fillText(unit, at, top + 9, RIGHT - 12)
  }

  /**
   * @param {MouseEvent} event
   * @returns {Pixel | null}
   */
  #under(event) {
    if (!this.#picture) return null
    const { left, top, scale } = this.#box()
    const column = Math.floor((event.offsetX - left) / scale)
    const row = this.#picture.rows - 1 - Math.floor((event.offsetY - top) / scale)
    const inside = column >= 0 && column < this.#picture.columns && row >= 0 && row < this.#picture.rows
    return inside ? { row, column } : null
  }

  /** @param {Pixel | null} pixel */
  #hover(pixel) {
    this.#at = pixel ?? this.#picked
    this.#draw()
    this.#read()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = event.shiftKey ? PAGE : 1
    const moves = { ArrowRight: [0, step], ArrowLeft: [0, -step], ArrowUp: [step, 0], ArrowDown: [-step, 0] }
    const move = moves[/** @type {keyof typeof moves} */ (event.key)]
    if (!move || !this.#picture || event.altKey || event.metaKey || event.ctrlKey) return
    event.preventDefault()
    const { rows, columns } = this.#picture
    const from = this.#at ?? { row: rows >> 1, column: columns >> 1 }
    const row = Math.min(Math.max(from.row + Number(move[0]), 0), rows - 1)
    const column = Math.min(Math.max(from.column + Number(move[1]), 0), columns - 1)
    this.#hover({ row, column })
    this.#spoken.textContent = this.#reading.textContent
  }

  /** Write where the pointer is and what is there. */
  #read() {
    const picture = this.#picture
    if (!picture || !this.#at) {
      this.#reading.textContent = 'Click a pixel for its spectrum'
      return
    }
    const value = Number(picture.values[this.#at.row * picture.columns + this.#at.column])
    const place = placed(this.#at, picture)
    this.#reading.textContent = `${place}: ${Number.isNaN(value) ? 'no value' : `${number(value)} ${picture.unit}`}`
  }
}

/**
 * Where a pixel is, in words.
 * @param {Pixel} pixel
 * @param {{rows: number, columns: number, pixel: number}} map
 */
export function placed({ row, column }, { rows, columns, pixel }) {
  const signed = (/** @type {number} */ value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(pixel < 0.05 ? 3 : 2)}″`
  return `x ${signed((column - (columns - 1) / 2) * pixel)}, y ${signed((row - (rows - 1) / 2) * pixel)}`
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, scale: number}} box
 * @param {Picture} picture
 * @param {Pixel} pixel
 * @param {string} colour
 */
function frame(context, { left, top, scale }, { rows }, { row, column }, colour) {
  const x = left + column * scale
  const y = top + (rows - 1 - row) * scale
  const side = Math.max(scale, 5)
  const out = (side - scale) / 2
  context.lineWidth = 3
  context.strokeStyle = '#000'
  context.strokeRect(x - out, y - out, side, side)
  context.lineWidth = 1.5
  context.strokeStyle = colour
  context.strokeRect(x - out, y - out, side, side)
  context.lineWidth = 1
}

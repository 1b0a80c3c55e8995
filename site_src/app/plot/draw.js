// Axes, colour bar and keys of the plot on its canvas, as in print: ticks inside, on all four sides.

import { position, ticks, title } from './axes.js'
import { count } from '../page/format.js'

const MAJOR = 6
const MINOR = 3
/** Height of the colour bar, and of a line of keys, in CSS pixels. */
const BAR = 10
const LINE = 18

/**
 * @typedef {import('./axes.js').Scale} Scale
 * @typedef {import('./axes.js').Ticks} Ticks
 * @typedef {import('./colouring.js').Colouring} Colouring
 * @typedef {import('../page/theme.js').Inks} Inks
 * @typedef {{label: string, unit: string}} Titled
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 * @typedef {{scale: Scale, info: Titled, ticks: Ticks}} Axis
 *
 * @typedef {object} Sheet what is needed to set text
 * @property {CanvasRenderingContext2D} ctx
 * @property {Inks} inks
 * @property {string} font family
 * @property {number} width in CSS pixels
 * @property {number} height
 */

/**
 * @param {Sheet} sheet
 * @param {number} size
 * @param {string} colour
 * @param {CanvasTextAlign} align
 * @param {CanvasTextBaseline} baseline
 */
function pen({ ctx, font }, size, colour, align, baseline) {
  ctx.font = `${size}px ${font}`
  ctx.fillStyle = colour
  ctx.textAlign = align
  ctx.textBaseline = baseline
}

/**
 * An axis with as many ticks as its length has room for.
 * @param {Scale} scale
 * @param {Titled} info
 * @param {number} length in CSS pixels
 * @param {number} room of a label
 * @returns {Axis}
 */
export function axisOf(scale, info, length, room) {
  return { scale, info, ticks: ticks(scale, Math.max(2, Math.floor(length / room))) }
}

/**
 * Where the plot goes, so that the labels and the legend above it have room.
 * @param {Sheet} sheet
 * @param {Ticks} vertical
 * @param {number} legend height of it
 * @returns {Box}
 */
export function boxOf(sheet, vertical, legend) {
  pen(sheet, 12, '', 'right', 'middle')
  const widest = Math.max(...vertical.major.map(({ text }) => sheet.ctx.measureText(text).width), 12)
  const left = Math.ceil(widest) + 32
  const top = legend + 10
  return { left, top, width: sheet.width - left - 14, height: sheet.height - top - 46 }
}

/**
 * @param {Sheet} sheet
 * @param {Box} box
 * @param {Axis} x
 * @param {Axis} y
 */
export function drawAxes(sheet, box, x, y) {
  const { ctx, inks } = sheet
  const [right, bottom] = [box.left + box.width, box.top + box.height]
  ctx.strokeStyle = inks.muted
  ctx.lineWidth = 1
  ctx.strokeRect(crisp(box.left), crisp(box.top), Math.round(box.width), Math.round(box.height))
  ctx.beginPath()
  for (const [at, length] of marks(x)) {
    const across = crisp(box.left + at * box.width)
    ctx.moveTo(across, bottom)
    ctx.lineTo(across, bottom - length)
    ctx.moveTo(across, box.top)
    ctx.lineTo(across, box.top + length)
  }
  for (const [at, length] of marks(y)) {
    const up = crisp(bottom - at * box.height)
    ctx.moveTo(box.left, up)
    ctx.lineTo(box.left + length, up)
    ctx.moveTo(right, up)
    ctx.lineTo(right - length, up)
  }
  ctx.stroke()
  pen(sheet, 12, inks.muted, 'center', 'top')
  for (const { value, text } of x.ticks.major) ctx.fillText(text, box.left + position(x.scale, value) * box.width, bottom + 7)
  pen(sheet, 12, inks.muted, 'right', 'middle')
  for (const { value, text } of y.ticks.major) ctx.fillText(text, box.left - 7, bottom - position(y.scale, value) * box.height)
  pen(sheet, 13, inks.ink, 'center', 'bottom')
  ctx.fillText(title(x.info, x.ticks.power), box.left + box.width / 2, sheet.height - 4, sheet.width)
  ctx.save()
  ctx.translate(4, box.top + box.height / 2)
  ctx.rotate(-Math.PI / 2)
  pen(sheet, 13, inks.ink, 'center', 'top')
  ctx.fillText(title(y.info, y.ticks.power), 0, 0, sheet.height)
  ctx.restore()
}

/**
 * Positions of ticks with their lengths.
 * @param {Axis} axis
 */
function marks({ scale, ticks: { major, minor } }) {
  const long = major.map(({ value }) => [position(scale, value), MAJOR])
  return /** @type {[number, number][]} */ ([...minor.map((value) => [position(scale, value), MINOR]), ...long])
}

/** @param {number} at middle of a pixel, where a line one pixel wide is sharp */
function crisp(at) {
  return Math.round(at - 0.5) + 0.5
}

/**
 * Draw what the colours mean along the upper edge.
 * @param {Sheet} sheet
 * @param {Colouring} colouring
 * @param {Titled | null} info of the column; null for one colour
 * @param {Uint32Array} counts of each colour
 * @returns {number} height of it
 */
export function drawLegend(sheet, colouring, info, counts) {
  if (!info) return 0
  return colouring.scale ? bar(sheet, colouring, colouring.scale, info) : keys(sheet, colouring, info, counts)
}

/**
 * @param {Sheet} sheet
 * @param {Colouring} colouring
 * @param {Scale} scale
 * @param {Titled} info
 */
function bar(sheet, { palette }, scale, info) {
  const { ctx, inks, width } = sheet
  const length = Math.min(width - 70, 360)
  const left = width - length - 14
  const { ticks: marked } = axisOf(scale, info, length, 60)
  const words = title(info, marked.power)
  pen(sheet, 13, inks.ink, 'left', 'top')
  const beside = ctx.measureText(words).width < left - 24
  const top = beside ? 10 : 28
  ctx.fillText(words, beside ? left - 12 - ctx.measureText(words).width : left, 7)
  const colours = palette.length / 3
  for (let i = 0; i < colours; i++) {
    ctx.fillStyle = `rgb(${palette.subarray(3 * i, 3 * i + 3).join()})`
    ctx.fillRect(left + (i * length) / colours, top, length / colours + 0.6, BAR)
  }
  ctx.fillStyle = ctx.strokeStyle = inks.muted
  pen(sheet, 12, inks.muted, 'center', 'top')
  for (const { value, text } of marked.major) {
    const at = left + position(scale, value) * length
    ctx.fillRect(Math.round(at), top + BAR, 1, 4)
    ctx.fillText(text, at, top + BAR + 6)
  }
  return top + BAR + 20
}

/**
 * @param {Sheet} sheet
 * @param {Colouring} colouring
 * @param {Titled} info
 * @param {Uint32Array} counts
 */
function keys(sheet, { palette, keys: list }, info, counts) {
  const { ctx, inks, width } = sheet
  let [left, top] = [10, 8]
  pen(sheet, 13, inks.ink, 'left', 'top')
  ctx.fillText(info.label, left, top)
  left += ctx.measureText(info.label).width + 18
  for (const { text, colour } of list) {
    const number = count(counts[colour] ?? 0)
    pen(sheet, 12, inks.ink, 'left', 'top')
    const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text
    const [own, after] = [ctx.measureText(shown).width, ctx.measureText(number).width]
    if (left + own + after + 24 > width && left > 10) [left, top] = [10, top + LINE]
    ctx.fillStyle = `rgb(${palette.subarray(3 * colour, 3 * colour + 3).join()})`
    ctx.beginPath()
    ctx.arc(left + 5, top + 6.5, 5, 0, 2 * Math.PI)
    ctx.fill()
    ctx.fillStyle = inks.ink
    ctx.fillText(shown, left + 15, top + 1)
    ctx.fillStyle = inks.muted
    ctx.fillText(number, left + 15 + own + 6, top + 1)
    left += own + after + 40
  }
  return top + LINE
}

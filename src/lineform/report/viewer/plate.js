// A picture of pixels with its axes, and a bar of its colours.

import { ramp, RAMP_STEPS } from './colours.js'
import { valueAt, written } from './arrays.js'
import { styled } from './page.js'

/** @typedef {import('./colours.js').RampName} RampName */
/**
 * @typedef {{ left: number, top: number, wide: number, high: number }} Box
 * @typedef {{ low: number, high: number, logarithmic: boolean }} BarScale
 */

/** Below this nothing is drawn: the page has no width yet, as in a tab behind others [px]. */
export const NARROWEST = 120

/**
 * A canvas as sharp as the screen, cleared.
 * @param {HTMLCanvasElement} canvas
 * @param {number} wide [px]
 * @param {number} high [px]
 */
export function sheet(canvas, wide, high) {
  const ratio = devicePixelRatio || 1
  const [across, down] = [Math.round(wide * ratio), Math.round(high * ratio)]
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across
    canvas.height = down
  }
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.clearRect(0, 0, wide, high)
  pen.font = `12px ${styled('--text')}`
  return pen
}

/**
 * Pixels as a picture that can be drawn at any size.
 * @param {Uint32Array} pixels (high, wide)
 * @param {number} wide
 * @param {number} high
 */
export function picture(pixels, wide, high) {
  const canvas = new OffscreenCanvas(wide, high)
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'))
  const bytes = new Uint8ClampedArray(wide * high * 4)
  bytes.set(new Uint8Array(pixels.buffer, pixels.byteOffset, bytes.length))
  pen.putImageData(new ImageData(bytes, wide, high), 0, 0)
  return canvas
}

/**
 * Ticks at round values between two ends.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 */
export function rounds(low, high, most) {
  const rough = (high - low) / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10)
  const ticks = []
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++) {
    ticks.push(n * step)
  }
  return ticks
}

/**
 * The frame of a picture, its ticks, and the names of its axes.
 * @param {CanvasRenderingContext2D} pen
 * @param {Box} box
 * @param {{ x: [number, number], y: [number, number], right: string, up: string }} axes
 */
export function frame(pen, { left, top, wide, high }, { x, y, right, up }) {
  pen.strokeStyle = styled('--axis')
  pen.fillStyle = styled('--muted')
  pen.lineWidth = 1
  pen.strokeRect(left - 0.5, top - 0.5, wide + 1, high + 1)
  pen.textAlign = 'center'
  pen.textBaseline = 'top'
  pen.beginPath()
  for (const value of rounds(Math.min(...x), Math.max(...x), 4)) {
    const place = left + ((value - x[0]) / (x[1] - x[0])) * wide
    pen.moveTo(place, top + high)
    pen.lineTo(place, top + high + 4)
    pen.fillText(written(value), place, top + high + 6)
  }
  pen.textAlign = 'right'
  pen.textBaseline = 'middle'
  for (const value of rounds(Math.min(...y), Math.max(...y), 4)) {
    const place = top + high - ((value - y[0]) / (y[1] - y[0])) * high
    pen.moveTo(left, place)
    pen.lineTo(left - 4, place)
    pen.fillText(written(value), left - 6, place)
  }
  pen.stroke()
  pen.fillStyle = styled('--ink')
  pen.textAlign = 'center'
  pen.textBaseline = 'top'
  pen.fillText(right, left + wide / 2, top + high + 20)
  pen.textAlign = 'left'
  pen.textBaseline = 'bottom'
  pen.fillText(up, Math.max(left - 44, 0), top - 5)
}

/**
 * A bar of the colours of a map, with values below it.
 * @param {CanvasRenderingContext2D} pen
 * @param {Box} box
 * @param {RampName} name
 * @param {BarScale} scale
 * @param {string} words
 */
export function bar(pen, { left, top, wide, high }, name, scale, words) {
  const colours = ramp(name)
  const line = new Uint32Array(RAMP_STEPS)
  const bytes = new Uint8Array(line.buffer)
  for (let i = 0; i < RAMP_STEPS; i++) {
    bytes.set([colours[3 * i] ?? 0, colours[3 * i + 1] ?? 0, colours[3 * i + 2] ?? 0, 255], 4 * i)
  }
  pen.imageSmoothingEnabled = true
  pen.drawImage(picture(line, RAMP_STEPS, 1), left, top, wide, high)
  pen.strokeStyle = styled('--axis')
  pen.strokeRect(left - 0.5, top - 0.5, wide + 1, high + 1)
  pen.fillStyle = styled('--muted')
  pen.textBaseline = 'top'
  for (const [share, align] of /** @type {[number, CanvasTextAlign][]} */ ([
    [0, 'left'],
    [0.5, 'center'],
    [1, 'right'],
  ])) {
    pen.textAlign = align
    pen.fillText(written(valueAt(scale, share)), left + share * wide, top + high + 5)
  }
  pen.fillStyle = styled('--ink')
  pen.textAlign = 'left'
  pen.textBaseline = 'bottom'
  pen.fillText(words, left, top - 4)
}

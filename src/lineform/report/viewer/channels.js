// Channel maps of data, model and residual on one scale, a channel at a time.

import { unpack, written } from './arrays.js'
import { pixelTable } from './colours.js'
import { element, redrawing, slider, styled } from './page.js'
import { bar, frame, NARROWEST, picture, sheet } from './plate.js'

/** @typedef {import('./arrays.js').Unpacked} Unpacked */
/** @typedef {import('./colours.js').RampName} RampName */
/** @typedef {import('./data.js').FitView} FitView */

const [LEFT, TOP, RIGHT, BELOW, BAR] = [50, 28, 10, 40, 56]
const NARROW_MAP = 200
/** Of the maps side by side above the large ones [px]. */
const [SMALL, SMALLEST, SMALL_GAP, SMALL_TOP, SMALL_LEFT] = [104, 66, 4, 20, 44]

/**
 * The outline of an ellipse of the beam's widths at a place, its position angle from north to east (left).
 * @param {CanvasRenderingContext2D} pen
 * @param {number[]} beam major, minor [arcsec], position angle [deg]
 * @param {number} scale [px arcsec-1]
 * @param {import('./plate.js').Box} box
 */
function drawBeam(pen, [major = 0, minor = 0, angle = 0], scale, { left, top, high }) {
  if (!(major > 0)) return
  const [a, b] = [(major * scale) / 2, (minor * scale) / 2]
  pen.beginPath()
  // Along the major axis first: up on the sky, turned to the left by the position angle.
  pen.ellipse(left + a + 6, top + high - a - 6, a, b, -Math.PI / 2 - (angle * Math.PI) / 180, 0, 2 * Math.PI)
  // Light on dark, and dark on light: it is seen on every map, and hides none of it.
  pen.strokeStyle = '#fff'
  pen.lineWidth = 3
  pen.stroke()
  pen.strokeStyle = '#000'
  pen.lineWidth = 1.2
  pen.stroke()
}

/**
 * The panel of channel maps of one line.
 * @param {HTMLElement} place
 * @param {FitView} fit
 */
export async function showChannels(place, fit) {
  const [data, model, residual] = await Promise.all([fit.data, fit.model, fit.residual].map(unpack))
  /** @type {[Unpacked, string, RampName][]} */
  const panels = [
    [/** @type {Unpacked} */ (data), 'Data', 'viridis'],
    [/** @type {Unpacked} */ (model), 'Model, mean of the samples', 'viridis'],
    [/** @type {Unpacked} */ (residual), 'Data less model', 'signed'],
  ]
  const canvas = element('canvas')
  const sheetOfAll = element('canvas', { className: 'all' })
  sheetOfAll.setAttribute('role', 'img')
  const maps = element('div', {}, sheetOfAll, canvas)
  canvas.setAttribute('role', 'img')
  const count = fit.velocity.length
  let channel = count >> 1

  /**
   * The map of a channel as a picture.
   * @param {Unpacked} array
   * @param {RampName} name
   * @param {number} at channel
   */
  const pictured = (array, name, at) => {
    const [, rows = 1, columns = 1] = array.shape
    const table = pixelTable(name, array.most)
    const pixels = new Uint32Array(rows * columns)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const code = array.codes[(at * rows + row) * columns + column] ?? 0
        pixels[(rows - 1 - row) * columns + column] = table[code] ?? 0
      }
    }
    return picture(pixels, columns, rows)
  }

  const small = () => (maps.clientWidth < 5 * SMALL ? SMALLEST : SMALL)

  /** Channels at even steps, as many as there is room for, data above model above residual. */
  const some = () => {
    const room = Math.floor((maps.clientWidth - SMALL_LEFT) / (small() + SMALL_GAP))
    const shown = Math.min(Math.max(room, 1), count)
    return Array.from({ length: shown }, (_, i) => Math.floor(((i + 0.5) * count) / shown))
  }

  const drawAll = () => {
    const chosen = some()
    const side = small()
    const step = side + SMALL_GAP
    const [wide, high] = [SMALL_LEFT + chosen.length * step, SMALL_TOP + panels.length * step]
    sheetOfAll.style.width = `${wide}px`
    sheetOfAll.style.height = `${high}px`
    const pen = sheet(sheetOfAll, wide, high)
    pen.imageSmoothingEnabled = false
    chosen.forEach((at, i) => {
      const left = SMALL_LEFT + i * step
      pen.fillStyle = styled('--muted')
      pen.textAlign = 'center'
      pen.textBaseline = 'bottom'
      pen.fillText(`${written(fit.velocity[at] ?? 0)}`, left + side / 2, SMALL_TOP - 4)
      panels.forEach(([array, , name], row) => {
        const top = SMALL_TOP + row * step
        pen.fillStyle = styled('--hatch')
        pen.fillRect(left, top, side, side)
        pen.drawImage(pictured(array, name, at), left, top, side, side)
      })
      if (at === channel) {
        pen.strokeStyle = styled('--mark')
        pen.lineWidth = 2
        pen.strokeRect(left - 1, SMALL_TOP - 1, side + 2, high - SMALL_TOP - SMALL_GAP + 2)
      }
    })
    pen.fillStyle = styled('--ink')
    pen.textAlign = 'left'
    pen.textBaseline = 'bottom'
    pen.fillText('km s⁻¹', 0, SMALL_TOP - 4)
    pen.textBaseline = 'middle'
    for (const [row, words] of ['data', 'model', 'rest'].entries()) {
      pen.fillText(words, 0, SMALL_TOP + row * step + side / 2)
    }
    sheetOfAll.setAttribute('aria-label',
      `Channel maps of ${fit.label} at ${chosen.length} velocities: data above model above what is left`)
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {import('./plate.js').Box} box
   * @param {Unpacked} array
   * @param {RampName} name
   */
  const map = (pen, box, array, name) => {
    pen.fillStyle = styled('--hatch')
    pen.fillRect(box.left, box.top, box.wide, box.high)
    pen.imageSmoothingEnabled = false
    pen.drawImage(pictured(array, name, channel), box.left, box.top, box.wide, box.high)
    const half = (/** @type {number[]} */ axis) => {
      const step = (axis[1] ?? 1) - (axis[0] ?? 0)
      return /** @type {[number, number]} */ ([(axis[0] ?? 0) - step / 2, (axis.at(-1) ?? 0) + step / 2])
    }
    const [x, y] = [half(fit.x), half(fit.y)]
    frame(pen, box, { x, y, right: 'offset to the right [″]', up: '' })
    const beam = fit.beam[fit.beam.length > 1 ? channel : 0]
    if (beam) drawBeam(pen, beam, box.wide / (x[1] - x[0]), box)
  }

  const draw = () => {
    const whole = Math.min(maps.clientWidth, 1100)
    if (whole < NARROWEST) return
    drawAll()
    const across = whole / 3 >= NARROW_MAP + LEFT ? 3 : 1
    const wide = Math.min(whole / across, 430)
    const side = wide - LEFT - RIGHT
    const tall = TOP + side + BELOW + BAR
    canvas.style.width = `${wide * across}px`
    canvas.style.height = `${tall * (3 / across)}px`
    const pen = sheet(canvas, wide * across, tall * (3 / across))
    panels.forEach(([array, words, name], i) => {
      const [left, top] = across === 3 ? [i * wide + LEFT, TOP] : [LEFT, i * tall + TOP]
      const box = { left, top, wide: side, high: side }
      map(pen, box, array, name)
      pen.fillStyle = styled('--ink')
      pen.textAlign = 'left'
      pen.textBaseline = 'bottom'
      pen.fillText(words, left, top - 6)
      const unit = name === 'signed' ? '[rms of the noise]' : 'brightness temperature [K]'
      bar(pen, { left, top: top + side + BELOW + 20, wide: side, high: 9 }, name, array, unit)
    })
    canvas.setAttribute('aria-label',
      `Channel maps of ${fit.label} at ${written(fit.velocity[channel] ?? 0)} km/s: data, model, residual`)
  }
  const ask = redrawing(draw)
  const move = slider('Channel', { low: 0, high: count - 1, step: 1, value: channel }, (value) => {
    channel = value
    ask()
  }, (value) =>
    `${value + 1} of ${count}: ${written(fit.velocity[value] ?? 0)} km s⁻¹, χ² ${written(fit.chi2[value] ?? 0)} per value`)
  sheetOfAll.addEventListener('click', (event) => {
    const at = some()[Math.floor((event.offsetX - SMALL_LEFT) / (small() + SMALL_GAP))]
    if (at !== undefined) move.set(at)
  })
  place.append(element('div', { className: 'controls' }, move.field), maps)
  ask()
}

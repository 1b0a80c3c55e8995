// Slices through a field: what is likely, how sure it is, what was learned, and single samples.

import { unpack, valueOf, written } from './arrays.js'
import { slicing } from './cells.js'
import { pixelTable } from './colours.js'
import { choice, element, redrawing, slider } from './page.js'
import { bar, frame, NARROWEST, picture, sheet } from './plate.js'

/** @typedef {import('./arrays.js').Unpacked} Unpacked */
/** @typedef {import('./cells.js').AxisName} AxisName */
/** @typedef {import('./colours.js').RampName} RampName */
/** @typedef {import('./data.js').FieldView} FieldView */

const MARGIN = { left: 52, top: 26, right: 14, below: 40, bar: 56 }
/** @type {Record<AxisName, string>} */
const AXIS_WORDS = { x: 'x, to the right', y: 'y, upwards', z: 'z, to the observer' }

/**
 * The panel of slices.
 * @param {HTMLElement} place
 * @param {FieldView[]} fields
 * @param {number} extent half of the side [au]
 * @param {number[]} modes of the samples
 */
export async function showSlices(place, fields, extent, modes) {
  const state = { field: 0, what: 'median', axis: /** @type {AxisName} */ ('z'), at: 0.5, sample: 0 }
  const canvas = element('canvas', { tabIndex: 0 })
  canvas.setAttribute('role', 'img')
  const reading = element('output', { className: 'reading' })
  reading.setAttribute('aria-live', 'polite')
  /** @type {Map<string, Unpacked>} */
  const ready = new Map()
  /** @type {[number, number] | null} */
  let cursor = null
  const chosen = () => /** @type {FieldView} */ (fields[state.field])

  /** @returns {Promise<Unpacked>} */
  const array = async () => {
    const key = `${state.field} ${state.what}`
    const known = ready.get(key)
    if (known) return known
    const field = chosen()
    const packed = { median: field.median, uncertainty: field.uncertainty, ratio: field.ratio,
      samples: field.samples }[state.what] ?? field.median
    const made = await unpack(packed)
    ready.set(key, made)
    return made
  }
  /** @type {Unpacked | null} */
  let shown = null

  const cells = () => {
    const shape = /** @type {Unpacked} */ (shown).shape.slice(-3)
    const length = shape['xyz'.indexOf(state.axis)] ?? 1
    const at = Math.min(Math.floor(state.at * length), length - 1)
    const cut = slicing(shape, state.axis, at)
    const size = shape.reduce((product, n) => product * n, 1)
    return { ...cut, start: cut.start + (state.what === 'samples' ? state.sample * size : 0) }
  }

  /** @returns {RampName} */
  const rampName = () => {
    if (state.what === 'uncertainty') return 'magma'
    if (state.what === 'ratio') return 'cividis'
    if (!chosen().diverging) return 'viridis'
    return chosen().name === 'velocity_z' ? 'towards' : 'signed'
  }

  const words = () => {
    const { label, unit, logarithmic } = chosen()
    if (state.what === 'ratio') return 'posterior width by prior width'
    if (state.what === 'uncertainty') {
      return logarithmic ? `uncertainty of ${label}, as a share of it` : `uncertainty of ${label} [${unit}]`
    }
    return `${label} [${unit}]`
  }

  const draw = () => {
    if (!shown) return
    const wide = Math.min(place.clientWidth, 560)
    if (wide < NARROWEST) return
    const side = wide - MARGIN.left - MARGIN.right
    const high = MARGIN.top + side + MARGIN.below + MARGIN.bar
    canvas.style.width = `${wide}px`
    canvas.style.height = `${high}px`
    const pen = sheet(canvas, wide, high)
    const cut = cells()
    const table = pixelTable(rampName(), shown.most)
    const pixels = new Uint32Array(cut.wide * cut.high)
    for (let row = 0; row < cut.high; row++) {
      for (let column = 0; column < cut.wide; column++) {
        const cell = cut.start + column * cut.across + (cut.high - 1 - row) * cut.upwards
        pixels[row * cut.wide + column] = table[shown.codes[cell] ?? 0] ?? 0
      }
    }
    const box = { left: MARGIN.left, top: MARGIN.top, wide: side, high: side }
    pen.imageSmoothingEnabled = false
    pen.drawImage(picture(pixels, cut.wide, cut.high), box.left, box.top, side, side)
    /** @type {[number, number]} */
    const ends = [-extent, extent]
    frame(pen, box, { x: ends, y: ends, right: `${AXIS_WORDS[cut.right]} [au]`, up: `${AXIS_WORDS[cut.up]} [au]` })
    const barBox = { left: MARGIN.left, top: high - 32, wide: side, high: 10 }
    bar(pen, barBox, rampName(), shown, words())
    if (cursor) mark(pen, box, cut)
    canvas.setAttribute('aria-label', `Slice of ${words()} through ${state.axis}; arrow keys move the mark`)
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {import('./plate.js').Box} box
   * @param {{ wide: number, high: number }} cut
   */
  const mark = (pen, box, cut) => {
    const [column, row] = /** @type {[number, number]} */ (cursor)
    const [w, h] = [box.wide / cut.wide, box.high / cut.high]
    pen.strokeStyle = '#fff'
    pen.lineWidth = 3
    const corner = [box.left + column * w, box.top + (cut.high - 1 - row) * h]
    pen.strokeRect(corner[0] ?? 0, corner[1] ?? 0, w, h)
    pen.strokeStyle = '#000'
    pen.lineWidth = 1
    pen.strokeRect(corner[0] ?? 0, corner[1] ?? 0, w, h)
  }

  const read = () => {
    if (!cursor || !shown) return
    const cut = cells()
    const [column, row] = cursor
    const code = shown.codes[cut.start + column * cut.across + row * cut.upwards] ?? 0
    const au = [column / cut.wide, row / cut.high].map((share, i) =>
      written((2 * (share + 0.5 / (i ? cut.high : cut.wide)) - 1) * extent))
    reading.textContent =
      `${cut.right} ${au[0]} au, ${cut.up} ${au[1]} au: ${written(valueOf(shown, code))}`
  }

  const ask = redrawing(draw)
  const renew = async () => {
    shown = await array()
    sampleSlider.field.hidden = state.what !== 'samples'
    placeSlider.show()
    read()
    ask()
  }

  const field = choice('Field', fields.map((one, i) => [String(i), one.label]), (value) => {
    state.field = Number(value)
    void renew()
  })
  /** @type {[string, string][]} */
  const widths = [
    ['median', 'most likely (median)'],
    ['uncertainty', 'uncertainty (68 %)'],
    ['ratio', 'posterior by prior width'],
    ['samples', 'single samples'],
  ]
  // A single model has no widths.
  const what = choice('Shown', modes.length > 1 ? widths : [['median', 'the model']], (value) => {
    state.what = value
    void renew()
  })
  const axis = choice('Seen along', [['z', 'z, as observed'], ['y', 'y, from above'], ['x', 'x, from the side']],
    (value) => {
      state.axis = /** @type {AxisName} */ (value)
      void renew()
    })
  const sayPlace = (/** @type {number} */ share) =>
    `${state.axis} = ${written((2 * share - 1) * extent)} au`
  const placeSlider = slider('Place', { low: 0, high: 1, step: 0.005, value: 0.5 }, (value) => {
    state.at = value
    read()
    ask()
  }, sayPlace)
  const sampleSlider = slider('Sample', { low: 0, high: modes.length - 1, step: 1, value: 0 }, (value) => {
    state.sample = value
    read()
    ask()
  }, (value) => `${value + 1} of ${modes.length}, mode ${(modes[value] ?? 0) + 1}`)

  canvas.addEventListener('pointermove', (event) => {
    if (!shown) return
    const cut = cells()
    const side = canvas.clientWidth - MARGIN.left - MARGIN.right
    const column = Math.floor(((event.offsetX - MARGIN.left) / side) * cut.wide)
    const row = cut.high - 1 - Math.floor(((event.offsetY - MARGIN.top) / side) * cut.high)
    if (column < 0 || row < 0 || column >= cut.wide || row >= cut.high) return
    cursor = [column, row]
    read()
    ask()
  })
  canvas.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (!step || !shown) return
    event.preventDefault()
    const cut = cells()
    const [column, row] = cursor ?? [cut.wide >> 1, cut.high >> 1]
    cursor = [
      Math.min(Math.max(column + (step[0] ?? 0), 0), cut.wide - 1),
      Math.min(Math.max(row + (step[1] ?? 0), 0), cut.high - 1),
    ]
    read()
    ask()
  })
  place.append(
    element('div', { className: 'controls' }, field.field, what.field, axis.field, placeSlider.field, sampleSlider.field),
    canvas, reading,
  )
  await renew()
}

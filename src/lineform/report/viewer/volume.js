// The gas in three dimensions: turned with the pointer or the keys, sample after sample.

import { unpack } from './arrays.js'
import { contrast, finer, rotation } from './cells.js'
import { pixelTable } from './colours.js'
import { alphaTable, march } from './march.js'
import { choice, element, redrawing, slider } from './page.js'
import { bar, NARROWEST, picture, sheet } from './plate.js'

/** @typedef {import('./arrays.js').Unpacked} Unpacked */
/** @typedef {import('./colours.js').RampName} RampName */
/** @typedef {import('./data.js').FieldView} FieldView */

const [QUICK, SHARP] = [110, 260]
const ENOUGH_CELLS = 48
const PAPER = 0xff1b150e
const STEP = Math.PI / 24
const BEAT = 600
/** Share of the prior's width above which a cell is faded, and where it is gone. */
const [FADE_FROM, FADE_TO] = [0.6, 1]

/**
 * Codes of one byte from those of any size.
 * @param {Unpacked} array
 * @param {number} start
 * @param {number} count
 */
function bytesOf({ codes, most }, start, count) {
  if (codes instanceof Uint8Array) return codes.slice(start, start + count)
  return Uint8Array.from(codes.subarray(start, start + count), (code) =>
    code === 0 ? 0 : 1 + Math.round(((code - 1) / (most - 1)) * 254))
}

/**
 * The same in cells as fine as the picture needs.
 * @param {Uint8Array} codes
 */
function fineEnough(codes) {
  let side = Math.round(Math.cbrt(codes.length))
  let made = codes
  while (side < ENOUGH_CELLS) {
    made = finer(made, side)
    side *= 2
  }
  return { codes: made, side }
}

/**
 * How far each cell is faded, by its width over that of the prior.
 * @param {Unpacked} ratio
 * @param {number} side of the cube that it is for
 */
function fading(ratio, side) {
  const from = ratio.shape[0] ?? 1
  const found = new Uint8Array(side ** 3)
  let i = 0
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) {
      for (let z = 0; z < side; z++) {
        const [a, b, c] = [x, y, z].map((one) => Math.floor((one * from) / side))
        const code = ratio.codes[((a ?? 0) * from + (b ?? 0)) * from + (c ?? 0)] ?? 0
        const value = ratio.low + ((ratio.high - ratio.low) * (code - 1)) / (ratio.most - 1)
        const share = (value - FADE_FROM) / (FADE_TO - FADE_FROM)
        found[i++] = 255 * Math.min(Math.max(share, 0), 1)
      }
    }
  }
  return found
}

/**
 * The panel of the view in three dimensions.
 * @param {HTMLElement} place
 * @param {FieldView[]} fields
 * @param {number} extent half of the side [au]
 * @param {number[]} modes of the samples
 */
export async function showVolume(place, fields, extent, modes) {
  const densities = fields.filter((field) => field.name.startsWith('density'))
  const seen = (densities.length ? densities : fields)
  const start = fields.findIndex((field) => field.name === 'temperature')
  const state = {
    density: fields.indexOf(/** @type {FieldView} */ (seen[0])),
    relative: true, colour: Math.max(start, 0), threshold: 0.5, sample: -1, fade: false,
    turn: 0.6, tilt: 0.35, playing: 0,
  }
  const canvas = element('canvas', { tabIndex: 0, className: 'volume' })
  canvas.setAttribute('role', 'img')
  /** @type {Map<string, Unpacked>} */
  const ready = new Map()
  /** @type {import('./march.js').Scene | null} */
  let scene = null
  let size = SHARP
  let settle = 0
  const fieldAt = (/** @type {number} */ i) => /** @type {FieldView} */ (fields[i])

  /**
   * @param {number} field
   * @param {'median' | 'samples' | 'ratio'} what
   */
  const array = async (field, what) => {
    const key = `${field} ${what}`
    const made = ready.get(key) ?? await unpack(fieldAt(field)[what])
    ready.set(key, made)
    return made
  }

  /** @param {number} field */
  const codesOf = async (field) => {
    const unpacked = await array(field, state.sample < 0 ? 'median' : 'samples')
    const count = unpacked.shape.slice(-3).reduce((product, n) => product * n, 1)
    return bytesOf(unpacked, Math.max(state.sample, 0) * count, count)
  }

  /** @returns {RampName} */
  const rampName = () => {
    const { diverging, name } = fieldAt(state.colour)
    if (!diverging) return 'ember'
    return name === 'velocity_z' ? 'towards' : 'signed'
  }

  const compose = async () => {
    const density = await codesOf(state.density)
    const colour = fineEnough(await codesOf(state.colour)).codes
    const coarse = Math.round(Math.cbrt(density.length))
    const { codes, side } = fineEnough(state.relative ? contrast(density, coarse) : density)
    const fade = state.fade ? fading(await array(state.density, 'ratio'), side) : null
    scene = {
      side, opacity: codes, colour, fade,
      table: pixelTable(rampName(), 255), alphas: alphaTable(state.threshold, side),
    }
  }

  const draw = () => {
    if (!scene) return
    const wide = Math.min(place.clientWidth, 560)
    if (wide < NARROWEST) return
    const high = wide + 58
    canvas.style.width = `${wide}px`
    canvas.style.height = `${high}px`
    const pen = sheet(canvas, wide, high)
    const pixels = new Uint32Array(size * size)
    march(scene, pixels, size, state.turn, state.tilt, PAPER)
    pen.imageSmoothingEnabled = true
    pen.imageSmoothingQuality = 'high'
    pen.drawImage(picture(pixels, size, size), 0, 0, wide, wide)
    arrows(pen, wide)
    const { label, unit } = fieldAt(state.colour)
    bar(pen, { left: 1, top: wide + 24, wide: wide - 2, high: 10 }, rampName(),
      fieldAt(state.colour)[state.sample < 0 ? 'median' : 'samples'], `colour: ${label} [${unit}]`)
  }

  /**
   * The directions of the axes, as long as half of the cube.
   * @param {CanvasRenderingContext2D} pen
   * @param {number} wide
   */
  const arrows = (pen, wide) => {
    const { right, up } = rotation(state.turn, state.tilt)
    const length = wide / 2.9
    pen.strokeStyle = '#ffffffa0'
    pen.fillStyle = '#fff'
    pen.lineWidth = 1
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    for (const [i, name] of ['x', 'y', 'observer'].entries()) {
      const [a, b] = [(right[i] ?? 0) * length, -(up[i] ?? 0) * length]
      pen.beginPath()
      pen.moveTo(wide / 2, wide / 2)
      pen.lineTo(wide / 2 + a, wide / 2 + b)
      pen.stroke()
      pen.fillText(name, wide / 2 + a * 1.13, wide / 2 + b * 1.13)
    }
    pen.textAlign = 'left'
    pen.fillText(`cube of ${Math.round(2 * extent).toLocaleString('en-GB')} au`, 10, wide - 14)
  }

  const ask = redrawing(draw)
  const quick = () => {
    size = QUICK
    ask()
    clearTimeout(settle)
    settle = window.setTimeout(() => {
      size = SHARP
      ask()
    }, 180)
  }
  const renew = async () => {
    await compose()
    const what = state.sample < 0 ? 'median' : `sample ${state.sample + 1} of ${modes.length}`
    canvas.setAttribute('aria-label',
      `${fieldAt(state.density).label} in three dimensions, ${what}; arrow keys turn it`)
    ask()
  }
  /**
   * @param {number} turn [rad]
   * @param {number} tilt [rad]
   */
  const move = (turn, tilt) => {
    state.turn += turn
    state.tilt = Math.min(Math.max(state.tilt + tilt, -Math.PI / 2), Math.PI / 2)
    quick()
  }

  const choices = seen.flatMap((field) => {
    const at = fields.indexOf(field)
    return /** @type {[string, string][]} */ ([
      [`${at} relative`, `${field.label}, over its mean at that radius`],
      [`${at} plain`, field.label],
    ])
  })
  const what = choice('Shown', choices, (value) => {
    const [at, how] = value.split(' ')
    state.density = Number(at)
    state.relative = how === 'relative'
    void renew()
  })
  const colour = choice('Coloured by', fields.map((field, i) => [String(i), field.label]), (value) => {
    state.colour = Number(value)
    void renew()
  })
  colour.select.value = String(state.colour)
  const threshold = slider('Cut', { low: 0.05, high: 0.95, step: 0.01, value: state.threshold }, (value) => {
    state.threshold = value
    if (scene) scene.alphas = alphaTable(value, scene.side)
    quick()
  }, (value) => `${Math.round(100 * value)} % of the scale`)
  const sample = slider('Sample', { low: 0, high: modes.length, step: 1, value: 0 }, (value) => {
    state.sample = value - 1
    void renew()
  }, (value) => value === 0 ? 'median of all' : `${value} of ${modes.length}, mode ${(modes[value - 1] ?? 0) + 1}`)
  const play = element('button', { type: 'button' }, 'Play the samples')
  play.addEventListener('click', () => {
    clearInterval(state.playing)
    state.playing = state.playing ? 0 : window.setInterval(() => {
      sample.set((sample.input.valueAsNumber % modes.length) + 1)
    }, BEAT)
    play.textContent = state.playing ? 'Stop' : 'Play the samples'
  })
  const fade = element('input', { type: 'checkbox' })
  fade.addEventListener('change', () => {
    state.fade = fade.checked
    void renew()
  })
  const faded = element('label', { className: 'field tick' }, fade, 'Fade what is only the prior')
  const front = element('button', { type: 'button' }, 'As observed')
  front.addEventListener('click', () => {
    [state.turn, state.tilt] = [0, 0]
    ask()
  })

  canvas.addEventListener('pointerdown', (event) => canvas.setPointerCapture(event.pointerId))
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons) move(-event.movementX / 120, event.movementY / 120)
  })
  canvas.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key]
    if (!by) return
    event.preventDefault()
    move(by[0] ?? 0, by[1] ?? 0)
  })
  place.append(
    // A single model has neither widths nor others beside it.
    element('div', { className: 'controls' }, what.field, colour.field, threshold.field,
      ...(modes.length > 1 ? [sample.field, faded] : []),
      element('div', { className: 'buttons' }, ...(modes.length > 1 ? [play] : []), front)),
    canvas,
    element('p', { className: 'hint' }, 'Drag it, or use the arrow keys, to turn it.'),
  )
  await renew()
}

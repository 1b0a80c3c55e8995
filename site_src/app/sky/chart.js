// Draws the sky on a canvas: lines of coordinates, the Milky Way, footprints, places, the search.

import { circle, edge, GALAXY, graticule } from './outlines.js'

/** Half the size of a place in pixels: of few, and of many. */
const SIZES = [4, 2]
const MANY = 2000
/** Footprints that are drawn; more hide one another. */
const MOST = 5000

/**
 * @typedef {import('../search/sphere.js').Vector} Vector
 * @typedef {import('./projection.js').Place} Place
 * @typedef {import('./projection.js').Projection} Projection
 * @typedef {{row: number, at: Vector, regions: import('../search/sphere.js').Region[]}} Spot
 * @typedef {{spots: Spot[], chosen: Set<number>, search: {at: Vector, radius: number}[]}} Scene radius in radians
 * @typedef {import('../page/theme.js').Inks} Inks
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Projection} projection
 * @param {Scene} scene
 * @param {Inks} inks
 */
export function draw(canvas, projection, scene, inks) {
  const { width, height } = projection
  const sharp = devicePixelRatio || 1
  canvas.width = Math.round(width * sharp)
  canvas.height = Math.round(height * sharp)
  const pen = canvas.getContext('2d')
  if (!pen) return
  pen.scale(sharp, sharp)
  pen.lineJoin = 'round'
  const [wide, tall] = projection.limb
  const limb = new Path2D()
  limb.ellipse(width / 2, height / 2, wide, tall, 0, 0, 2 * Math.PI)
  pen.fillStyle = inks.panel
  pen.fill(limb)
  pen.save()
  pen.clip(limb)
  net(pen, projection, inks)
  outlines(pen, projection, scene, inks)
  places(pen, projection, scene, inks)
  pen.restore()
  pen.strokeStyle = inks.muted
  pen.lineWidth = 1
  pen.stroke(limb)
  labels(pen, projection, inks)
}

/** @param {Place[][]} pieces */
function path(pieces) {
  const drawn = new Path2D()
  for (const piece of pieces) {
    for (const [at, [x, y]] of piece.entries()) {
      if (at === 0) drawn.moveTo(x, y)
      else drawn.lineTo(x, y)
    }
  }
  return drawn
}

/** @param {CanvasRenderingContext2D} pen @param {Projection} projection @param {Inks} inks */
function net(pen, projection, inks) {
  pen.strokeStyle = inks.line
  pen.lineWidth = 1
  for (const { line } of graticule(projection.look, projection.height / projection.width)) pen.stroke(path(projection.line(line)))
  pen.strokeStyle = inks.muted
  pen.globalAlpha = 0.6
  pen.setLineDash([6, 4])
  pen.stroke(path(projection.line(GALAXY)))
  pen.setLineDash([])
  pen.globalAlpha = 1
}

/** @param {CanvasRenderingContext2D} pen @param {Projection} projection @param {Scene} scene @param {Inks} inks */
function outlines(pen, projection, { spots, chosen, search }, inks) {
  let left = MOST
  for (const { row, regions } of spots) {
    if (left <= 0) break
    for (const region of regions) {
      const pieces = projection.line(edge(region))
      if (!pieces.some((piece) => large(piece) && crosses(piece, projection))) continue
      left--
      const drawn = path(pieces)
      const picked = chosen.has(row)
      pen.fillStyle = pen.strokeStyle = inks.accent
      pen.lineWidth = picked ? 2.5 : 1.25
      // What goes around the limb has no inside on the drawing.
      if (pieces.length === 1) {
        pen.globalAlpha = picked ? 0.28 : 0.12
        pen.fill(drawn)
        pen.globalAlpha = 1
      }
      pen.stroke(drawn)
    }
  }
  pen.strokeStyle = inks.ink
  pen.lineWidth = 1.5
  pen.setLineDash([4, 3])
  for (const { at, radius } of search) pen.stroke(path(projection.line(circle(at, radius))))
  pen.setLineDash([])
}

/** Whether an outline is more than a dot. @param {Place[]} piece */
function large(piece) {
  const [xs, ys] = [piece.map(([x]) => x), piece.map(([, y]) => y)]
  return Math.max(...xs) - Math.min(...xs) > 3 || Math.max(...ys) - Math.min(...ys) > 3
}

/** Whether any of an outline may be on the drawing. @param {Place[]} piece @param {Projection} projection */
function crosses(piece, { width, height }) {
  const [xs, ys] = [piece.map(([x]) => x), piece.map(([, y]) => y)]
  return Math.max(...xs) >= 0 && Math.min(...xs) <= width && Math.max(...ys) >= 0 && Math.min(...ys) <= height
}

/** @param {CanvasRenderingContext2D} pen @param {Projection} projection @param {Scene} scene @param {Inks} inks */
function places(pen, projection, { spots, chosen }, inks) {
  const size = Number(SIZES[spots.length > MANY ? 1 : 0])
  const dot = (/** @type {Place} */ [x, y], /** @type {number} */ radius) => {
    pen.beginPath()
    pen.arc(x, y, radius, 0, 2 * Math.PI)
  }
  pen.fillStyle = inks.accent
  pen.strokeStyle = inks.panel
  pen.lineWidth = 1
  for (const { row, at } of spots) {
    const place = projection.place(at)
    if (chosen.has(row) || !projection.shows(place, size)) continue
    dot(place, size)
    pen.fill()
    if (spots.length <= MANY) pen.stroke()
  }
  pen.strokeStyle = inks.ink
  pen.lineWidth = 2
  for (const { row, at } of spots) {
    if (!chosen.has(row)) continue
    dot(projection.place(at), size + 2)
    pen.fill()
    pen.stroke()
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Projection} projection @param {Inks} inks */
function labels(pen, projection, inks) {
  const { width, height, look } = projection
  pen.font = `11px ${getComputedStyle(pen.canvas).fontFamily}`
  pen.textBaseline = 'middle'
  const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, /** @type {CanvasTextAlign} */ align) => {
    pen.textAlign = align
    pen.strokeStyle = inks.panel
    pen.lineWidth = 4
    pen.strokeText(text, x, y)
    pen.fillStyle = inks.muted
    pen.fillText(text, x, y)
  }
  let last = Infinity
  const lines = graticule(look, height / width).toSorted((a, b) => a.value - b.value)
  for (const { kind, value, step, line } of lines) {
    const text = degrees(value, step, kind === 'dec')
    const place = kind === 'ra' ? meeting(projection, line, look.field > 180 ? height / 2 + 9 : height - 10, 1) : meeting(projection, line, look.field > 180 ? width / 2 + 12 : 8, 0)
    if (!place || (kind === 'ra' && Math.abs(place[0] - last) < 34)) continue
    if (kind === 'ra') last = place[0]
    if (kind === 'ra' && place[0] > 24 && place[0] < width - 24) write(text, place[0], place[1], 'center')
    if (kind === 'dec' && place[1] > 10 && place[1] < height - 22) write(text, place[0], place[1], 'left')
  }
}

/**
 * Where a line meets a height, or a distance from the left; null where it does not.
 * @param {Projection} projection
 * @param {Vector[]} line
 * @param {number} at
 * @param {0 | 1} axis
 * @returns {Place | null}
 */
function meeting(projection, line, at, axis) {
  for (const piece of projection.line(line)) {
    for (let one = 1; one < piece.length; one++) {
      const [a, b] = [/** @type {Place} */ (piece[one - 1]), /** @type {Place} */ (piece[one])]
      if (a[axis] > at === b[axis] > at) continue
      const part = (at - a[axis]) / (b[axis] - a[axis])
      return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part]
    }
  }
  return null
}

/** @param {number} value @param {number} step @param {boolean} signed */
function degrees(value, step, signed) {
  const text = `${value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))}°`.replace('-', '−')
  return signed && value > 0 ? `+${text}` : text
}

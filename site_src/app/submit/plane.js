// The celestial keywords of a header: from its pixels to places in ICRS, or why there are none.

import { celestial, poleOf, PROJECTIONS } from './projections.js'
import { sipOf } from './sip.js'
import { direction, dot, place } from './sphere.js'

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./outline.js').ToSky} ToSky
 *
 * @typedef {object} Sky
 * @property {ToSky} at
 * @property {[number, number]} axes FITS numbers of its axes, as they stand in the file
 * @property {[number, number]} pixels CRPIX along them
 * @property {string} said the projection, and the frame if it is not ICRS
 */

const LATITUDES = /** @type {Record<string, string>} */ ({ RA: 'DEC', GLON: 'GLAT', SLON: 'SLAT', ELON: 'ELAT' })
const FRAMES = /** @type {Record<string, string>} */ ({ GLON: 'galactic', SLON: 'supergalactic' })
const UNITS = /** @type {Record<string, number>} */ ({ '': 1, deg: 1, degree: 1, degrees: 1, arcmin: 1 / 60, arcsec: 1 / 3600, rad: 180 / Math.PI })
const ELSEWHERE = 'is read by portal extract only'
/** Degrees of a pixel above which coordinates were never set; times that it may be longer than wide. */
const COARSEST = 20
const LONGEST = 500

/**
 * @param {Cards} cards
 * @param {Record<string, [number[], number[], number[]]>} rotations from other frames to ICRS
 * @returns {Sky | {reason: string} | null} null for no axes of the sky
 */
export function skyOf(cards, rotations) {
  const found = pairOf(cards)
  if (!found) return null
  const { axes, heads, kinds } = found
  const [kind, other] = kinds
  const plain = (kind ?? '').replace(/-SIP$/, '')
  if (plain !== (other ?? '').replace(/-SIP$/, '') || (plain && !(plain in PROJECTIONS))) return { reason: `the projection ${kind || other} ${ELSEWHERE}` }
  const turned = heads[0] in LATITUDES ? [0, 1] : [1, 0]
  const frame = frameOf(cards, heads[turned[0] ?? 0] ?? '')
  if (frame !== '' && !(frame in rotations)) return { reason: `the frame ${frame} ${ELSEWHERE}` }
  const linear = linearOf(cards, axes)
  if ('reason' in linear) return linear
  const sip = sipOf(cards, axes)
  if (sip && 'reason' in sip) return sip
  const sphere = sphereOf(cards, plain, linear.values, turned, axes)
  if ('reason' in sphere) return sphere
  const rotation = rotations[frame]
  const at = (/** @type {number} */ i, /** @type {number} */ j) => {
    const [u, v] = sip ? sip.at(i - linear.pixels[0], j - linear.pixels[1]) : [i - linear.pixels[0], j - linear.pixels[1]]
    const { a, b, c, d } = linear
    const world = /** @type {[number, number]} */ ([a * u + b * v, c * u + d * v])
    const found = sphere.at(world[turned[0] ?? 0] ?? NaN, world[turned[1] ?? 1] ?? NaN)
    if (!found || !found.every(Number.isFinite) || Math.abs(found[1]) > 90) return null
    return rotation ? rotated(found, rotation) : found
  }
  return { at, axes, pixels: linear.pixels, said: [plain || 'linear', ...(frame ? [frame] : [])].join(', ') }
}

/** @param {[number, number]} at @param {[number[], number[], number[]]} rotation @returns {[number, number]} */
export function rotated(at, rotation) {
  const vector = direction(...at)
  const rows = /** @type {[import('./sphere.js').Vector, import('./sphere.js').Vector, import('./sphere.js').Vector]} */ (/** @type {unknown} */ (rotation))
  return place(/** @type {import('./sphere.js').Vector} */ (rows.map((row) => dot(row, vector))))
}

/**
 * The two celestial axes, in the order of the file.
 * @param {Cards} cards
 * @returns {{axes: [number, number], heads: [string, string], kinds: [string, string]} | null}
 */
function pairOf(cards) {
  /** @type {Map<string, {axis: number, kind: string}>} */
  const found = new Map()
  for (let axis = 1; axis <= 9; axis++) {
    const text = (cards.text(`CTYPE${axis}`) ?? '').toUpperCase()
    const cut = text.indexOf('-')
    const head = (cut < 0 ? text : text.slice(0, cut)).trim()
    if (!found.has(head)) found.set(head, { axis, kind: cut < 0 ? '' : text.slice(cut).replace(/^[- ]+|[- ]+$/g, '') })
  }
  for (const [longitude, latitude] of Object.entries(LATITUDES)) {
    const pair = [longitude, latitude].map((head) => ({ head, ...found.get(head) }))
    if (pair.some((one) => one.axis === undefined)) continue
    const [one, two] = pair.sort((a, b) => (a.axis ?? 0) - (b.axis ?? 0))
    return { axes: [one?.axis ?? 0, two?.axis ?? 0], heads: [one?.head ?? '', two?.head ?? ''], kinds: [one?.kind ?? '', two?.kind ?? ''] }
  }
  return null
}

/**
 * The name of the frame, '' for ICRS; with the equinox where it is not that of a rotation that is known.
 * @param {Cards} cards
 * @param {string} head of the longitude
 */
function frameOf(cards, head) {
  return FRAMES[head] ?? (head === 'ELON' ? 'ecliptic' : equatorialOf(cards))
}

/**
 * The name of the equatorial frame, as above.
 * @param {Cards} cards
 * @param {string[]} own names of cards with an equinox that counts before that of the header
 */
export function equatorialOf(cards, own = []) {
  const equinox = ['EQUINOX', 'EPOCH'].map((name) => [name, yearOf(cards, name)]).find(([name, year]) => year !== null && (name === 'EQUINOX' || Number(year) % 25 === 0))
  const year = equinox ? Number(equinox[1]) : null
  const said = (cards.text('RADESYS') ?? cards.text('RADECSYS') ?? '').toUpperCase()
  const named = ['ICRS', 'FK4-NO-E', 'FK5', 'FK4', 'GAPPT'].find((name) => said.includes(name)) ?? alias(said)
  const frame = named ?? (year === null ? 'ICRS' : year < 1984 ? 'FK4' : 'FK5')
  const other = own.map((name) => yearOf(cards, name)).find((one) => one !== null) ?? null
  if (other !== null && other !== (year ?? (frame.startsWith('FK4') ? 1950 : 2000))) return other === 2000 ? 'fk5' : `${other < 1984 ? 'FK4' : 'FK5'} ${other}`
  if (frame === 'ICRS') return ''
  return frame === 'FK5' && (year === null || year === 2000) ? 'fk5' : `${frame} ${year ?? ''}`.trim()
}

/**
 * Whether a card of an equinox is none, and nothing else tells the frame: the command weighs the date.
 * @param {Cards} cards
 */
export function isUntold(cards) {
  const said = ['EQUINOX', 'EPOCH'].some((name) => cards.text(name) !== null)
  const named = ['RADESYS', 'RADECSYS'].some((name) => cards.text(name) !== null)
  return said && !named && yearOf(cards, 'EQUINOX') === null && Number(yearOf(cards, 'EPOCH') ?? 1) % 25 !== 0
}

/** @param {string} said */
function alias(said) {
  if (/J?2000/.test(said)) return 'FK5'
  if (/B?1950/.test(said)) return 'FK4'
  return said.includes('ICRF') ? 'ICRS' : undefined
}

/** @param {Cards} cards @param {string} name */
function yearOf(cards, name) {
  const year = cards.number(name) ?? Number((cards.text(name) ?? 'none').replace(/^[JB]+/i, ''))
  return year >= 1800 && year <= 2100 ? year : null
}

/**
 * The linear part: reference, and the matrix [deg] from pixels to the plane.
 * @param {Cards} cards
 * @param {[number, number]} axes
 * @returns {Record<'a' | 'b' | 'c' | 'd', number> & Record<'values' | 'pixels', [number, number]> | {reason: string}}
 */
function linearOf(cards, axes) {
  const units = axes.map((axis) => UNITS[(cards.text(`CUNIT${axis}`) ?? '').toLowerCase()])
  const values = axes.map((axis) => cards.number(`CRVAL${axis}`))
  const matrix = matrixOf(cards, axes)
  if (units.some((one) => one === undefined)) return { reason: `the unit of an axis ${ELSEWHERE}` }
  if (values.some((one) => one === null)) return { reason: 'no number in CRVAL' }
  if (!matrix) return { reason: 'no size of the pixels: neither CDELT nor CD' }
  const [one = 1, two = 1] = units
  const [a, b, c, d] = /** @type {[number, number, number, number]} */ ([matrix[0] * one, matrix[1] * one, matrix[2] * two, matrix[3] * two])
  const crval = /** @type {[number, number]} */ ([(values[0] ?? NaN) * one, (values[1] ?? NaN) * two])
  const pixels = /** @type {[number, number]} */ (axes.map((axis) => cards.number(`CRPIX${axis}`) ?? 0))
  const sides = [Math.hypot(a, c), Math.hypot(b, d)]
  const scale = Math.sqrt(Math.abs(a * d - b * c))
  const nowhere = [...crval, ...pixels].every((one) => one === 0)
  const never = scale > COARSEST || scale === 0 || (nowhere && (scale === 1 || (cards.text(`CTYPE${axes[0]}`) ?? '').slice(5, 8) === 'TAN')) || Math.max(...sides) > LONGEST * Math.min(...sides)
  return never ? { reason: 'coordinates that were never set' } : { a, b, c, d, values: crval, pixels }
}

/**
 * CD, or PC with CDELT, or CDELT with CROTA; null for no pixels of any size.
 * @param {Cards} cards
 * @param {[number, number]} axes
 * @returns {[number, number, number, number] | null}
 */
function matrixOf(cards, axes) {
  const cd = elements(cards, 'CD', axes, 0)
  if (cd && cd[0] * cd[3] - cd[1] * cd[2] !== 0) return cd
  const [dx, dy] = axes.map((axis) => cards.number(`CDELT${axis}`))
  if (!dx || !dy) return null
  const pc = elements(cards, 'PC', axes, 1) ?? turned(cards, axes, dy / dx)
  const [a, b, c, d] = pc[0] * pc[3] - pc[1] * pc[2] === 0 ? [1, 0, 0, 1] : pc
  return [dx * a, dx * b, dy * c, dy * d]
}

/** @param {Cards} cards @param {[number, number]} axes @param {number} ratio @returns {[number, number, number, number]} */
function turned(cards, axes, ratio) {
  const angle = ((cards.number(`CROTA${axes[1]}`) || cards.number(`CROTA${axes[0]}`) || 0) * Math.PI) / 180
  return [Math.cos(angle), -Math.sin(angle) * ratio, Math.sin(angle) / ratio, Math.cos(angle)]
}

/**
 * @param {Cards} cards
 * @param {string} head
 * @param {[number, number]} axes
 * @param {number} diagonal
 * @returns {[number, number, number, number] | null}
 */
function elements(cards, head, axes, diagonal) {
  const three = (/** @type {number} */ axis) => String(axis).padStart(3, '0')
  // The second form is that of before 1996.
  const found = axes.flatMap((i) => axes.map((j) => cards.number(`${head}${i}_${j}`) ?? cards.number(`${head}${three(i)}${three(j)}`)))
  if (found.every((one) => one === null)) return null
  const [a, b, c, d] = found
  return [a ?? diagonal, b ?? 0, c ?? 0, d ?? diagonal]
}

/**
 * From the plane to the sky, longitude first.
 * @param {Cards} cards
 * @param {string} kind
 * @param {[number, number]} crval in the order of the file [deg]
 * @param {number[]} order places of longitude and latitude in it
 * @param {[number, number]} axes
 * @returns {{at: (x: number, y: number) => [number, number] | null} | {reason: string}}
 */
function sphereOf(cards, kind, crval, order, axes) {
  const [ra, dec] = /** @type {[number, number]} */ (order.map((at) => crval[at]))
  if (Math.abs(dec) > 90) return { reason: `a latitude of ${dec} degrees at the reference point` }
  if (!kind) return { at: (/** @type {number} */ x, /** @type {number} */ y) => /** @type {[number, number]} */ ([(((ra + x) % 360) + 360) % 360, dec + y]) }
  const projection = /** @type {import('./projections.js').Projection} */ (PROJECTIONS[kind])
  const [own = 0, other = 0] = [axes[order[1] ?? 1], axes[order[0] ?? 0]]
  if ([...Array(40).keys()].some((m) => cards.number(`PV${other}_${m}`))) return { reason: `parameters of the longitude axis: this ${ELSEWHERE}` }
  const pv = Array.from({ length: 40 }, (_, m) => cards.number(`PV${own}_${m}`) ?? (kind === 'CEA' && m === 1 ? 1 : 0))
  if (!['SIN', 'CEA'].includes(kind) && pv.some(Boolean)) return { reason: `parameters of the projection ${kind}: this ${ELSEWHERE}` }
  const theta = kind === 'GLS' ? dec : projection.theta
  const pole = poleOf(ra, dec, theta, cards.number('LONPOLE') ?? cards.number('LONGPOLE'), cards.number('LATPOLE'))
  if (!pole) return { reason: 'the poles of the projection contradict each other' }
  return {
    at: (/** @type {number} */ x, /** @type {number} */ y) => {
      const native = projection.sphere(x, y, { pv, dec })
      // Beyond the edge of the map there is no sky.
      return native && Math.abs(native[0]) <= 180 + 1e-9 && Math.abs(native[1]) <= 90 ? celestial(native, pole) : null
    },
  }
}

// Axes of an image: the position of its middle, and the edges of its spectral axis.

const LIGHT = 299792458
const RADIAN = 180 / Math.PI
/** To hertz, metres, and metres a second. @type {Record<string, number>} */
const UNITS = {
  hz: 1, khz: 1e3, mhz: 1e6, ghz: 1e9, thz: 1e12,
  m: 1, mm: 1e-3, um: 1e-6, micron: 1e-6, nm: 1e-9, angstrom: 1e-10,
  'm/s': 1, 'm s-1': 1, 'km/s': 1e3, 'km s-1': 1e3,
}
/** What a standard says a spectral axis is in where no unit stands beside it. @type {Record<string, string>} */
const USUAL = { FREQ: 'Hz', WAVE: 'm', VRAD: 'm/s' }
const STOKES = /** @type {Record<string, string>} */ ({
  1: 'I', 2: 'Q', 3: 'U', 4: 'V', '-1': 'RR', '-2': 'LL', '-3': 'RL', '-4': 'LR', '-5': 'XX', '-6': 'YY', '-7': 'XY', '-8': 'YX',
})

/** @typedef {import('./cards.js').Cards} Cards */

/**
 * @typedef {object} Axis
 * @property {number} number from 1
 * @property {string} type first four letters of CTYPE
 * @property {string} projection last three, or ''
 * @property {string} more such as the name of a distortion, or ''
 * @property {number} length
 * @property {number} value CRVAL
 * @property {number} pixel CRPIX
 * @property {string} unit
 */

/**
 * @param {Cards} cards
 * @param {number[]} shape
 * @returns {Axis[]}
 */
export function axesOf(cards, shape) {
  return shape.map((length, index) => {
    const number = index + 1
    const words = (cards.text(`CTYPE${number}`) ?? '').toUpperCase().split('-').filter(Boolean)
    const [type = '', projection = '', more = ''] = words
    return { number, type, projection, more, length, value: cards.number(`CRVAL${number}`) ?? NaN, pixel: cards.number(`CRPIX${number}`) ?? NaN, unit: cards.text(`CUNIT${number}`) ?? '' }
  })
}

/**
 * The matrix from pixels to degrees for two axes; null where it is not told in one of the usual ways.
 * @param {Cards} cards
 * @param {Axis} x
 * @param {Axis} y
 */
function matrix(cards, x, y) {
  const names = [[x, x], [x, y], [y, x], [y, y]]
  const of = (/** @type {string} */ kind) => names.map(([i, j]) => cards.number(`${kind}${i?.number}_${j?.number}`))
  const [cd, pc] = [of('CD'), of('PC')]
  const [dx, dy] = [x, y].map((axis) => cards.number(`CDELT${axis.number}`))
  if (cd.some((one) => one !== null)) return cd.map((one) => one ?? 0)
  if (dx === null || dx === undefined || dy === null || dy === undefined) return null
  if (pc.some((one) => one !== null)) {
    const [a, b, c, d] = pc
    return [(a ?? 1) * dx, (b ?? 0) * dx, (c ?? 0) * dy, (d ?? 1) * dy]
  }
  const turn = (cards.number(`CROTA${y.number}`) ?? 0) / RADIAN
  return [dx * Math.cos(turn), -dy * Math.sin(turn), dx * Math.sin(turn), dy * Math.cos(turn)]
}

/**
 * The position [deg] of the middle of an image in the gnomonic or orthographic projection.
 * @param {Cards} cards
 * @param {Axis[]} axes
 * @returns {{ra: number, dec: number, axes: [Axis, Axis], source: string} | {reason: string} | null} null for no axes of the sky
 */
export function middle(cards, axes) {
  const ra = axes.find((axis) => axis.type === 'RA')
  const dec = axes.find((axis) => axis.type === 'DEC')
  if (!ra || !dec) return null
  const kind = ra.projection
  if (kind !== dec.projection || !['TAN', 'SIN'].includes(kind)) return { reason: `the projection ${kind || 'that is none'} is read by portal extract only` }
  if (ra.more || dec.more) return { reason: `the distortion ${ra.more || dec.more} is read by portal extract only` }
  if ([1, 2].some((term) => cards.number(`PV${dec.number}_${term}`))) return { reason: 'a slant projection' }
  if (!inDegrees(ra) || !inDegrees(dec)) return { reason: 'the axes are not in degrees' }
  if (cards.number('LONPOLE') !== null && cards.number('LONPOLE') !== 180) return { reason: 'LONPOLE is not 180 degrees' }
  const linear = matrix(cards, ra, dec)
  if (!linear || ![ra.value, dec.value, ra.pixel, dec.pixel].every(Number.isFinite)) return { reason: 'the axes lack CRVAL, CRPIX or CDELT' }
  const [a = 0, b = 0, c = 0, d = 0] = linear
  const [i, j] = [(ra.length + 1) / 2 - ra.pixel, (dec.length + 1) / 2 - dec.pixel]
  const place = deprojected(kind, (a * i + b * j) / RADIAN, (c * i + d * j) / RADIAN, ra.value / RADIAN, dec.value / RADIAN)
  if (!place) return { reason: 'the middle of the image is not on the sky' }
  return { ...place, axes: [ra, dec], source: `WCS (${kind}), middle of the image` }
}

/** @param {Axis} axis */
function inDegrees({ unit }) {
  return ['', 'deg', 'degree', 'degrees'].includes(unit.toLowerCase())
}

/**
 * Paper I to II of FITS WCS: from the plane [rad] to the sky [deg].
 * @param {string} kind
 * @param {number} x
 * @param {number} y
 * @param {number} ra of the reference point [rad]
 * @param {number} dec
 */
function deprojected(kind, x, y, ra, dec) {
  const away = Math.hypot(x, y)
  if (kind === 'SIN' && away > 1) return null
  const [sine, cosine] = kind === 'TAN' ? [1 / Math.hypot(1, away), away / Math.hypot(1, away)] : [Math.sqrt(1 - away ** 2), away]
  // Along the unit vector towards the point: north by y, east by x.
  const [north, east] = away === 0 ? [0, 0] : [(y / away) * cosine, (x / away) * cosine]
  const height = Math.asin(Math.min(Math.max(sine * Math.sin(dec) + north * Math.cos(dec), -1), 1))
  const turn = Math.atan2(east, sine * Math.cos(dec) - north * Math.sin(dec))
  return { ra: ((((ra + turn) * RADIAN) % 360) + 360) % 360, dec: height * RADIAN }
}

/**
 * Edges of the spectral axis as vacuum wavelengths [m], and its length.
 * @param {Cards} cards
 * @param {Axis[]} axes
 * @returns {{low: number, high: number, count: number, source: string} | {reason: string} | null} null for no such axis
 */
export function band(cards, axes) {
  const axis = axes.find(({ type }) => type in USUAL)
  if (!axis) return null
  if (axis.projection) return { reason: `the algorithm ${axis.projection} is read by portal extract only` }
  const factor = UNITS[(axis.unit || USUAL[axis.type] || '').toLowerCase()]
  const step = cards.number(`CD${axis.number}_${axis.number}`) ?? product(cards.number(`PC${axis.number}_${axis.number}`) ?? 1, cards.number(`CDELT${axis.number}`))
  if (!factor) return { reason: `no spectral unit: ${axis.unit}` }
  if (step === null || step === 0 || !Number.isFinite(axis.value) || !Number.isFinite(axis.pixel)) return { reason: 'the spectral axis lacks CRVAL, CRPIX or CDELT' }
  const edges = [0.5, axis.length + 0.5].map((pixel) => (axis.value + (pixel - axis.pixel) * step) * factor)
  const rest = cards.number('RESTFRQ') ?? cards.number('RESTFREQ')
  if (axis.type === 'VRAD' && !rest) return { reason: 'velocities without a rest frequency' }
  const waves = edges.map((edge) => (axis.type === 'WAVE' ? edge : LIGHT / (axis.type === 'FREQ' ? edge : (rest ?? NaN) * (1 - edge / LIGHT))))
  if (!waves.every((wave) => wave > 0 && Number.isFinite(wave))) return { reason: 'the edges of the spectral axis are no wavelengths' }
  return { low: Math.min(...waves), high: Math.max(...waves), count: axis.length, source: `axis ${axis.number}, ${axis.type}` }
}

/** @param {number} one @param {number | null} other */
function product(one, other) {
  return other === null ? null : one * other
}

/**
 * Polarisation states between slashes; null where one of them has no name.
 * @param {Cards} cards
 * @param {Axis[]} axes
 */
export function polarisation(cards, axes) {
  const axis = axes.find(({ type }) => type === 'STOKES')
  const step = axis && cards.number(`CDELT${axis.number}`)
  if (!axis || !step || axis.length > 12) return null
  const codes = Array.from({ length: axis.length }, (_, index) => Math.round(axis.value + (index + 1 - axis.pixel) * step))
  const names = codes.map((code) => STOKES[code])
  return names.every(Boolean) ? { states: `/${names.join('/')}/`, count: names.length, source: `axis ${axis.number}, STOKES` } : null
}

// Axes of an array: what each measures, and the edges of the spectral one.

const LIGHT = 299792458
/** To hertz, metres, and metres a second. @type {Record<string, number>} */
const UNITS = {
  hz: 1, khz: 1e3, mhz: 1e6, ghz: 1e9, thz: 1e12,
  m: 1, mm: 1e-3, um: 1e-6, micron: 1e-6, nm: 1e-9, angstrom: 1e-10,
  'm/s': 1, 'm s-1': 1, 'km/s': 1e3, 'km s-1': 1e3,
}
/** What a standard says a spectral axis is in where no unit stands beside it. @type {Record<string, string>} */
const USUAL = { FREQ: 'Hz', WAVE: 'm', VRAD: 'm/s' }
/** The order that ObsCore asks for, with the numbers of FITS. */
const STOKES = /** @type {[number, string][]} */ ([
  [1, 'I'], [2, 'Q'], [3, 'U'], [4, 'V'], [-1, 'RR'], [-2, 'LL'], [-3, 'RL'], [-4, 'LR'], [-5, 'XX'], [-6, 'YY'], [-7, 'XY'], [-8, 'YX'],
])
/** Heads of CTYPE by what such an axis measures. @type {[string, RegExp][]} */
const ROLES = [
  ['longitude', /^(RA|GLON|ELON|HLON|SLON|LON|AZ|SOLX|HPLN|CRLN)$/],
  ['latitude', /^(DEC|GLAT|ELAT|HLAT|SLAT|LAT|ALT|SOLY|HPLT|CRLT)$/],
  ['spectral', /^(FREQ|ENER|WAVN|VRAD|WAVE|VOPT|ZOPT|AWAV|VELO|BETA|FELO|LINEAR|MULTISPE|WL|VHELIO|LAMBDA|LOGLAM|LOGLIN|ENERG)/],
  ['time', /^(TIME|UTC|TAI|TT|TDT|ET|IAT|UT1|TDB|TCG|TCB|GMT)$/],
  ['stokes', /^STOKES$/],
]

/** @typedef {import('./cards.js').Cards} Cards */

/**
 * @typedef {object} Axis
 * @property {number} number from 1
 * @property {string} role longitude, latitude, spectral, time, stokes or other
 * @property {string} type CTYPE before its first hyphen
 * @property {string} rest of CTYPE
 * @property {number} length
 * @property {number} value CRVAL
 * @property {number} pixel CRPIX
 * @property {number | null} step CDELT, or the diagonal of the matrix
 * @property {string} unit
 */

/**
 * @param {Cards} cards
 * @param {number[]} shape
 * @returns {Axis[]}
 */
export function axesOf(cards, shape) {
  const axes = shape.map((length, index) => {
    const number = index + 1
    const text = (cards.text(`CTYPE${number}`) ?? '').replace(/[[(][^[\]()]+[\])]\s*$/, '').trim().toUpperCase()
    const [type = '', ...rest] = text.split('-')
    const step = cards.number(`CD${number}_${number}`) ?? product(cards.number(`PC${number}_${number}`) ?? 1, cards.number(`CDELT${number}`))
    return { number, role: roleOf(type, rest.join('-')), type, rest: rest.join('-').replace(/^-+|-+$/g, ''), length, value: cards.number(`CRVAL${number}`) ?? NaN, pixel: cards.number(`CRPIX${number}`) ?? NaN, step, unit: cards.text(`CUNIT${number}`) ?? '' }
  })
  return isIndistinct(cards, axes) ? axes.map((axis, index) => (index < 2 ? { ...axis, role: 'other' } : axis)) : axes
}

/** Whether two linear axes have the same values: of a picture, in which neither is of light. @param {Cards} cards @param {Axis[]} axes */
function isIndistinct(cards, [one, two]) {
  if (!one || !two || [one, two].some(({ type, rest }) => type !== 'LINEAR' || rest)) return false
  const told = one.unit || two.unit || cards.text('WAT1_001') || cards.text('DC-FLAG') || cards.has('DISPAXIS')
  return !told && Object.is(one.value, two.value) && Math.abs(one.step ?? 1) === Math.abs(two.step ?? 1)
}

/** What the axes that a header names measure, also those without pixels. @param {Cards} cards @returns {string[]} */
export function axisRoles(cards) {
  return axesOf(cards, Array(9).fill(1)).map(({ role }) => role)
}

/** @param {string} type @param {string} rest */
function roleOf(type, rest) {
  if (rest && /^.(LON|LN)$/.test(type)) return 'longitude'
  if (rest && /^.(LAT|LT)$/.test(type)) return 'latitude'
  return ROLES.find(([, pattern]) => pattern.test(type))?.[0] ?? 'other'
}

/**
 * Edges of the spectral axis as vacuum wavelengths [m].
 * @param {Cards} cards
 * @param {Axis} axis
 * @returns {{low: number, high: number, source: string} | {reason: string}}
 */
export function band(cards, axis) {
  if (!(axis.type in USUAL) || axis.rest) return { reason: `an axis ${[axis.type, axis.rest].filter(Boolean).join('-')} is read by portal extract only` }
  if (!axis.unit && !isLikely(axis)) return { reason: 'a unit that is not told is found by portal extract only' }
  const factor = UNITS[(axis.unit || USUAL[axis.type] || '').toLowerCase()]
  if (!factor) return { reason: `the spectral unit ${axis.unit} is read by portal extract only` }
  const { step } = axis
  if (step === null || step === 0 || !Number.isFinite(axis.value) || !Number.isFinite(axis.pixel)) return { reason: 'the spectral axis lacks CRVAL, CRPIX or CDELT' }
  // A step of 1, or one as large as the value, is no width of a single channel.
  if (axis.length === 1 && (step === 1 || Math.abs(step) >= Math.abs(axis.value))) return { reason: 'the width of its one channel is not told' }
  const edges = [0.5, axis.length + 0.5].map((pixel) => (axis.value + (pixel - axis.pixel) * step) * factor)
  const rest = cards.number('RESTFRQ') ?? cards.number('RESTFREQ')
  if (axis.type === 'VRAD' && !(rest && rest > 1e6)) return { reason: 'velocities without a rest frequency in Hz' }
  const waves = edges.map((edge) => (axis.type === 'WAVE' ? edge : LIGHT / (axis.type === 'FREQ' ? edge : (rest ?? NaN) * (1 - edge / LIGHT))))
  if (!waves.every((wave) => wave > 0 && Number.isFinite(wave))) return { reason: 'the edges of the spectral axis are no wavelengths' }
  return { low: Math.min(...waves), high: Math.max(...waves), source: `axis ${axis.number}, ${axis.type}` }
}

/** Whether numbers without a unit can be in that of the SI, and hardly in another. @param {Axis} axis */
function isLikely({ type, value, step, length }) {
  const ends = [value, value + (step ?? 0) * (length - 1)]
  if (type === 'VRAD') return Math.max(...ends.map(Math.abs)) > LIGHT / 1e3 || Math.abs(step ?? 0) >= 100
  return type === 'FREQ' ? Math.min(...ends) >= 3e6 : Math.min(...ends) >= 1e-9 && Math.max(...ends) <= 1e-3
}

/** @param {number} one @param {number | null} other */
function product(one, other) {
  return other === null ? null : one * other
}

/**
 * Polarisation states between slashes; null where one of them has no name.
 * @param {Axis} axis
 */
export function polarisation(axis) {
  if (!Number.isFinite(axis.value)) return null
  const [step, pixel] = [axis.step || 1, Number.isFinite(axis.pixel) ? axis.pixel : 1]
  const codes = Array.from({ length: Math.min(axis.length, 16) }, (_, index) => Math.round(axis.value + (index + 1 - pixel) * step))
  const found = STOKES.filter(([number]) => codes.includes(number)).map(([, name]) => name)
  return found.length === new Set(codes).size ? `/${found.join('/')}/` : null
}

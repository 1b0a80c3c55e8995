// Spectral bands and times as people type them: one value, or two ends in a unit.

/**
 * @typedef {{min: number, max: number}} Span infinite where it is open
 */

// Exact by the definition of the SI.
const LIGHT = 299_792_458
const PLANCK = 6.626_070_15e-34
const CHARGE = 1.602_176_634e-19
/** Wavelength of 1 eV [m]. */
const OF_VOLT = (PLANCK * LIGHT) / CHARGE

/** Metres of a unit of length, by its names. */
const LENGTHS = /** @type {Record<string, number>} */ ({
  m: 1, km: 1e3, cm: 1e-2, mm: 1e-3, um: 1e-6, µm: 1e-6, μm: 1e-6, micron: 1e-6, microns: 1e-6, nm: 1e-9, pm: 1e-12,
  a: 1e-10, å: 1e-10, ang: 1e-10, angstrom: 1e-10, angstroms: 1e-10,
})
/** Wavelength of one of a unit of which there are more where it is shorter. */
const INVERSES = /** @type {Record<string, number>} */ ({
  hz: LIGHT, khz: LIGHT / 1e3, mhz: LIGHT / 1e6, ghz: LIGHT / 1e9, thz: LIGHT / 1e12,
  ev: OF_VOLT, kev: OF_VOLT / 1e3, mev: OF_VOLT / 1e6, gev: OF_VOLT / 1e9, tev: OF_VOLT / 1e12,
  'cm-1': 1e-2, 'cm^-1': 1e-2, '1/cm': 1e-2,
})
/** Bands by name, in metres, as the vocabulary of the Virtual Observatory parts them. */
export const BANDS = /** @type {Record<string, Span>} */ ({
  radio: { min: 1e-2, max: Infinity }, millimeter: { min: 1e-4, max: 1e-2 }, infrared: { min: 1e-6, max: 1e-4 },
  optical: { min: 3e-7, max: 1e-6 }, uv: { min: 1e-7, max: 3e-7 }, euv: { min: 1e-8, max: 1e-7 },
  'x-ray': { min: 1e-11, max: 1e-8 }, 'gamma-ray': { min: 0, max: 1e-11 },
})
const FIGURE = '[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?'
const AMOUNT = new RegExp(`^(${FIGURE})?\\s*([^\\d\\s].*|1/cm)?$`, 'i')
/** MJD of the beginning of 1970. */
const EPOCH = 40_587
const DAY = 86_400_000
/** The Julian Date at MJD 0. */
const JULIAN = 2_400_000.5

/**
 * The two ends of a text, '' for an open one; both the same where there is one value.
 * @param {string} text
 * @returns {[string, string]}
 */
function ends(text) {
  const plain = text.trim().replaceAll('−', '-').replaceAll('–', ' to ')
  const sided = /^([<>])=?\s*(.*)$/.exec(plain)
  if (sided) return sided[1] === '<' ? ['', sided[2] ?? ''] : [sided[2] ?? '', '']
  const parted = /^(.*?)\s*(?:\.\.\.?|\s+to\s+|\s+-\s+|\/(?!cm))\s*(.*)$/i.exec(plain)
  return parted ? [parted[1] ?? '', parted[2] ?? ''] : [plain, plain]
}

/**
 * Wavelengths in vacuum in metres that a text such as 230..231 GHz, 2 um or x-ray names; null
 * where it is not understood.
 * @param {string} text
 * @returns {Span | null}
 */
export function bandOf(text) {
  const known = BANDS[text.trim().toLowerCase().replace(/^millimet(re|er)$/, 'millimeter').replace(/^(x|gamma) ?rays?$/, '$1-ray')]
  if (known) return known
  const [first, second] = ends(text).map(amount)
  if (!first || !second) return null
  const unit = second.unit || first.unit
  const [one, other] = [metres(first.value, first.unit || unit), metres(second.value, unit)]
  if ((first.value === null && second.value === null) || one === undefined || other === undefined) return null
  const given = [one, other].filter((value) => value !== null)
  const inverse = isInverse(unit)
  // Of what counts the other way round the lower end is the longer wave.
  const openLow = (inverse ? other : one) === null
  const openHigh = (inverse ? one : other) === null
  return { min: openLow ? 0 : Math.min(...given), max: openHigh ? Infinity : Math.max(...given) }
}

/** @param {string} text @returns {{value: number | null, unit: string} | null} */
function amount(text) {
  if (text === '') return { value: null, unit: '' }
  const [whole, value, unit = ''] = AMOUNT.exec(text) ?? []
  return whole === undefined || value === undefined ? null : { value: Number(value), unit: unit.trim() }
}

/** @param {string} unit */
function isInverse(unit) {
  return unit.toLowerCase() in INVERSES
}

/**
 * @param {number | null} value
 * @param {string} unit
 * @returns {number | null | undefined} undefined where there is no such wavelength
 */
function metres(value, unit) {
  if (value === null) return null
  const name = unit.toLowerCase()
  if (!(value > 0)) return undefined
  if (name in INVERSES) return Number(INVERSES[name]) / value
  // Only capital M tells a million metres from a thousandth.
  return name in LENGTHS && unit !== 'Mm' && unit !== 'PM' ? Number(LENGTHS[name]) * value : undefined
}

/**
 * Times in MJD that a text such as 2015-08..2016, 2015-08-12T09:00 or 57247.4 names, a date or a
 * whole MJD for all of it; null where it is not understood.
 * @param {string} text
 * @returns {Span | null}
 */
export function timeOf(text) {
  const [from, to] = ends(text)
  const first = from === '' ? { min: -Infinity, max: -Infinity } : moment(from)
  const last = to === '' ? { min: Infinity, max: Infinity } : moment(to)
  if (!first || !last || (from === '' && to === '')) return null
  // The ends may come in any order, as those of bands.
  const [early, late] = first.min <= last.max ? [first, last] : [last, first]
  return { min: early.min, max: late.max }
}

/** @param {string} text @returns {Span | null} */
function moment(text) {
  const day = /^(?:mjd|jd)?\s*(\d{5,7}(?:\.\d*)?)$/i.exec(text)
  if (day) {
    const value = Number(day[1])
    const mjd = value >= JULIAN ? value - JULIAN : value
    // A whole number is a day, as a date is; what begins with the next one is not in it.
    return { min: mjd, max: day[1]?.includes('.') ? mjd : EPOCH + ((mjd + 1 - EPOCH) * DAY - 1) / DAY }
  }
  const parts = /^(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?Z?)?)?)?$/i.exec(text)
  return parts ? period(parts.slice(1)) : null
}

/**
 * All of a year, month, day, minute or second.
 * @param {(string | undefined)[]} parts
 * @returns {Span | null}
 */
function period(parts) {
  const numbers = parts.flatMap((part) => (part === undefined ? [] : [Number(part)]))
  const [year = 0, month = 1, date = 1, hour = 0, minute = 0, second = 0] = numbers
  const start = Date.UTC(year, month - 1, date, hour, minute, 0) + second * 1000
  const back = new Date(start)
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== date || minute > 59 || second >= 60) return null
  const next = [() => Date.UTC(year + 1, 0), () => Date.UTC(year, month), () => start + DAY][numbers.length - 1]
  const end = next ? next() : numbers.length === 5 ? start + 60_000 : start + 1000
  // What begins with the next one is not in this one.
  return { min: EPOCH + start / DAY, max: EPOCH + (end - 1) / DAY }
}

/**
 * A time in MJD as a date and time of day.
 * @param {number} mjd
 */
export function dateOf(mjd) {
  const time = new Date(Math.round((mjd - EPOCH) * DAY))
  return Number.isNaN(time.getTime()) ? '–' : time.toISOString().slice(0, 16).replace('T', ' ')
}

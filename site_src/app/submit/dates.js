// Dates and times of day as headers of all ages write them: the twin of portal.extraction._dates.

/**
 * @typedef {{mjd: number, within: number}} Moment begin of the interval in which it lies, and its length [d]
 * @typedef {{earliest: number, latest: number, epochs: number[], unset: [number, number][]}} Limits of what can be the date of an observation [d]
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const CLOCK = /^(\d{1,2})[:h\s]\s*(\d{1,2})(?:[:m\s]\s*(\d{1,2}(?:[.,]\d*)?)s?)?\s*Z?$/
const SEPARATED = /^(\d{4})[-/.:\s](\d{1,2})[-/.:\s](\d{1,2})$/
const DAY_OF_YEAR = /^(\d{4})[-.:](\d{3})$/
const PACKED = /^(\d{4})(\d{2})(\d{2})$/
const OLD = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})$/
const NAMED = /^(\d{1,2})[-\s/]?([A-Za-z]{3})[a-z]*[-\s/,]*(\d{4}|\d{2})$/
const NAMED_FIRST = /^([A-Za-z]{3})[a-z]*[-\s/.]*(\d{1,2})[-\s/,]+(\d{4})$/
const PARTED = /^([^T]*?\d)(?:T|\s+|(?<=\d{3}):)(\d{1,2}:.*)$/
const LONGEST = 40
/** The modified Julian date of 1970-01-01, and milliseconds of a day. */
const UNIX = 40587
const DAY = 86400000

/**
 * The moment that a text names; null where it names none.
 * @param {string} text
 * @param {Limits} limits
 * @returns {Moment | null}
 */
export function moment(text, limits) {
  const bare = text.trim().replace(/^['"]+|['"]+$/g, '').trim()
  if (bare === '' || bare.length > LONGEST) return null
  const day = dayOf(bare)
  if (day !== null) return isPlausible(day, limits) ? { mjd: day, within: 1 } : null
  const [, first = '', second = ''] = PARTED.exec(bare) ?? []
  const [date, clock] = [dayOf(first.trim()), timeOfDay(second)]
  if (date === null || clock === null || !isPlausible(date, limits) || !isPlausible(date + clock, limits)) return null
  // Midnight to the last digit is what programs write who know the day alone.
  return { mjd: date + clock, within: clock === 0 ? 1 : 0 }
}

/**
 * Whether an observation can have been made then.
 * @param {number} mjd
 * @param {Limits} limits
 */
export function isPlausible(mjd, { earliest, latest, epochs, unset }) {
  return mjd >= earliest && mjd <= latest && !epochs.some((epoch) => Math.abs(mjd - epoch) < 1e-5) && !unset.some(([first, last]) => mjd >= first && mjd < last)
}

/** The fraction of a day that a time is; null for none. @param {string} text */
export function timeOfDay(text) {
  const match = CLOCK.exec(text.trim())
  const [hours, minutes, seconds] = [Number(match?.[1]), Number(match?.[2]), Number((match?.[3] ?? '0').replace(',', '.'))]
  if (!match || hours > 24 || minutes > 59 || seconds > 61) return null
  return (hours + (minutes + seconds / 60) / 60) / 24
}

/** The modified Julian date of a date; null for none. @param {string} text */
function dayOf(text) {
  const plain = SEPARATED.exec(text) ?? PACKED.exec(text)
  if (plain) return mjdOf(Number(plain[1]), Number(plain[2]), Number(plain[3]))
  const counted = DAY_OF_YEAR.exec(text)
  if (counted) {
    const [first, day] = [mjdOf(Number(counted[1]), 1, 1), Number(counted[2])]
    return first === null || day < 1 || day > 366 ? null : first + day - 1
  }
  const old = OLD.exec(text)
  if (old) {
    const [day, month] = [Number(old[1]), Number(old[2])]
    // The standard has the day first; where that is impossible the writer put the month first.
    return month > 12 && day <= 12 ? mjdOf(yearOf(old[3]), day, month) : mjdOf(yearOf(old[3]), month, day)
  }
  const named = NAMED.exec(text)
  if (named) return mjdOf(yearOf(named[3]), monthOf(named[2]), Number(named[1]))
  const first = NAMED_FIRST.exec(text)
  return first ? mjdOf(Number(first[3]), monthOf(first[1]), Number(first[2])) : null
}

/** @param {string} [digits] */
function yearOf(digits = '') {
  return digits.length === 4 ? Number(digits) : 1900 + Number(digits)
}

/** @param {string} [name] */
function monthOf(name = '') {
  return MONTHS.indexOf(name.toLowerCase()) + 1
}

/** @param {number} year @param {number} month @param {number} day */
function mjdOf(year, month, day) {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? UNIX + date.getTime() / DAY : null
}

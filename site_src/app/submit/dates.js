// Dates as FITS writes them, as modified Julian dates.

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2}(?:\.\d*)?)Z?)?$/
const DAY = 86400000
/** The modified Julian date of 1970-01-01. */
const UNIX = 40587

/**
 * The modified Julian date of a text; null where it is no date with its time of day.
 * @param {string} text
 */
export function mjd(text) {
  const found = DATE.exec(text.trim())
  if (!found?.[4]) return null
  const [year, month, day, hour, minute] = found.slice(1, 6).map(Number)
  const seconds = Number(found[6])
  if (!year || !month || !day || month > 12 || day > 31 || (hour ?? 0) > 23 || (minute ?? 0) > 59 || seconds >= 61) return null
  const start = Date.UTC(year, month - 1, day)
  if (new Date(start).getUTCDate() !== day) return null
  return UNIX + start / DAY + ((hour ?? 0) * 3600 + (minute ?? 0) * 60 + seconds) / 86400
}

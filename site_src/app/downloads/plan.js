// Speeds and times, as portal query --plan reads and writes them.

const PREFIX = /** @type {Record<string, number>} */ ({ '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 })
// A comma before three digits may group them or not: it is no speed.
const SPEED = /^(\d+(?:\.\d+|,\d\d?)?)\s*(?:([kKmMgGtT]?)([bB]it|b|B)(?:\/s|ps))?$/

/** Speeds to choose from. */
export const SPEEDS = ['10 Mbit/s', '50 Mbit/s', '100 Mbit/s', '1 Gbit/s', '10 Gbit/s']

/**
 * A speed such as 100 Mbit/s, 12.5 MB/s or 100 Mbps in bits a second, Mbit/s where it has no unit; NaN
 * for what is none.
 * @param {string} text
 */
export function speedOf(text) {
  const [, number = '', prefix = '', unit = ''] = SPEED.exec(text.trim()) ?? []
  const speed = Number(number.replace(',', '.')) * (PREFIX[unit ? prefix.toLowerCase() : 'm'] ?? NaN) * (unit === 'B' ? 8 : 1)
  return speed > 0 ? speed : NaN
}

/**
 * A time in seconds for a reader, such as 2 h 13 min.
 * @param {number} seconds
 */
export function duration(seconds) {
  if (Number.isNaN(seconds)) return '–'
  if (seconds < 1) return 'less than 1 s'
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${(hours / 24).toFixed(1)} days`
}

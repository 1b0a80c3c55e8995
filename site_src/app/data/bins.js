// Bins of a histogram, the same as portal.pages.browse makes for the whole catalogue.

/**
 * @typedef {object} Bins equal widths from min to max
 * @property {number} min
 * @property {number} max
 * @property {boolean} log equal in the logarithm
 * @property {boolean} [whole] a bin for each whole number from min to max
 * @property {number[]} counts
 */

/**
 * Position of a value between the ends, 0 to 1 inside.
 * @param {Bins} bins
 * @param {number} value
 */
export function position({ min, max, log, whole }, value) {
  if (whole) return (value - min + 0.5) / (max - min + 1)
  if (max === min) return 0.5
  if (log) return (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min))
  return (value - min) / (max - min)
}

/**
 * The value at a position between the ends.
 * @param {Bins} bins
 * @param {number} at 0 to 1
 */
export function valueAt({ min, max, log, whole }, at) {
  if (whole) return min - 0.5 + (max - min + 1) * at
  return log ? min * (max / min) ** at : min + (max - min) * at
}

/**
 * Counts of the values of some rows in the same bins.
 * @param {Bins} bins
 * @param {Float64Array} values
 * @param {Uint32Array} rows
 */
export function count(bins, values, rows) {
  const counts = new Array(bins.counts.length).fill(0)
  for (const row of rows) {
    const at = position(bins, /** @type {number} */ (values[row]))
    // Also skips missing values; the upper end belongs to the last bin.
    if (at >= 0 && at <= 1) counts[Math.min(Math.floor(at * counts.length), counts.length - 1)]++
  }
  return counts
}

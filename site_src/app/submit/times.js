// When it was observed and for how long, where the keywords say it plainly.

import { mjd } from './dates.js'

/** @typedef {import('./cards.js').Cards} Cards */

const DAY = 86400
/** Days by which a date and a count of days may differ. */
const APART = 1e-3
const LOCAL = /local|median|mid/
/** Of seconds nothing has to be said. */
const OTHER_UNITS = /min|hour|milli|micro|\bms\b|day|\bh\b/
const COADDS = ['COADDS', 'COADD', 'NCOADDS', 'NCOADD', 'CO_ADDS', 'NCOMBINE']
const OFTEN = ['XPOSURE', 'EXPTIME', 'EXPOSURE', 'TOTITIME']

/**
 * The exposure [s]; null for none.
 * @param {Cards} cards
 * @returns {{value: number, source: string} | {reason: string} | null}
 */
export function exposureOf(cards) {
  const name = OFTEN.find((one) => (cards.number(one) ?? 0) > 0)
  if (!name) return { reason: 'other keywords than EXPTIME are read by portal extract only' }
  const value = /** @type {number} */ (cards.number(name))
  if ((cards.text('HDUCLASS') ?? '').toUpperCase() === 'OGIP') return { reason: 'exposures of photons are read by portal extract only' }
  if (OTHER_UNITS.test(cards.comment(name)) || COADDS.some((one) => (cards.number(one) ?? 1) > 1)) return { reason: `the unit or the frames of ${name} are read by portal extract only` }
  return { value, source: `${name} [s]` }
}

/**
 * Start and end (MJD) with where they are from; a reason where only the command reads them.
 * @param {Cards} cards
 * @param {number | null | undefined} seconds of the exposure; undefined where only the command knows
 * @returns {{start: [number, string] | null, end: [number, string] | null} | {reason: string}}
 */
export function intervalOf(cards, seconds) {
  const system = (cards.text('TIMESYS') ?? 'UTC').toUpperCase()
  if (system !== 'UTC') return { reason: `the time scale ${system} is read by portal extract only` }
  if (cards.has('TSTART')) return { reason: 'seconds since a reference are read by portal extract only' }
  const start = momentOf(cards, 'DATE-BEG', 'MJD-BEG') ?? momentOf(cards, 'DATE-OBS', 'MJD-OBS')
  const end = momentOf(cards, 'DATE-END', 'MJD-END')
  const counted = cards.number('MJD-OBS')
  if (start?.[1] === 'DATE-OBS' && counted !== null && Math.abs(counted - start[0]) > APART) return { reason: 'DATE-OBS and MJD-OBS contradict each other; portal extract chooses' }
  if (!start) return { reason: 'no date with its time of day that this page reads; portal extract reads more' }
  if (end) return { start, end: end[0] >= start[0] ? end : null }
  if (!seconds) return { start, end: null }
  const others = cards.names().some((name) => /^(DATE|TIME|MJD|UT|TIM|T)[-_]?(END|STOP|E)|^(UTEND|UTSTOP|TSTOP|ENDDATE|ENDTIME)/.test(name))
  return others ? { start, end: null } : { start, end: [start[0] + seconds / DAY, 'the start and the exposure time'] }
}

/**
 * A date, or the modified Julian date beside it, which is often printed with fewer digits.
 * @param {Cards} cards
 * @param {string} date
 * @param {string} days
 * @returns {[number, string] | null}
 */
function momentOf(cards, date, days) {
  // A local time is none that anyone else could use, the middle is no start.
  const text = LOCAL.test(cards.comment(date)) ? null : cards.text(date)
  const moment = text === null ? null : mjd(text)
  if (moment !== null) return [moment, date]
  const day = cards.number(days)
  return day !== null && day > 0 && day < 88069 ? [day, days] : null
}

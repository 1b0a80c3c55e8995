// When it was observed, by keywords in UTC: the twin of portal.extraction._stamps.

import { isPlausible, moment, timeOfDay } from './dates.js'

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {Record<'begin' | 'clocks' | 'end_clocks' | 'end_dates' | 'end_mjds' | 'jds' | 'longitudes' | 'middles' | 'mjds' | 'observed' | 'suns', string[]>} Lists of keywords
 * @typedef {Lists & {pairs: Record<string, string[]>, limits: import('./dates.js').Limits, scales: Record<string, string>}} TimeWords as portal.obscore.words has them
 * @typedef {{mjd: number, within: number, source: string, middle: boolean, local: boolean}} Stamp
 * @typedef {[mjd: number, source: string]} Given
 */

/** A time that is told in a way that only the command reads. */
class Elsewhere extends Error {}

const DAY = 86400
const JD = 2400000.5
/** No day counted from any usual zero is earlier. */
const LEAST = 10000
const LOCAL = /\blocal\b/i
const MIDDLE = /\b(?:mean|median|mid(?:dle|point)?|average)\b/i
/** Of comments on ends and files, and of clocks of zones, which the command weighs. */
const ODD = /\b(?:end(?:s|ed|ing)?|stop|finish\w*|close[ds]?|closing|writ(?:ten|ing)|creat(?:ed|ion)|processed|reduced)\b/i
/** Of comments on the days of a stack, which the command orders. */
const STACKED = /\bof (?:the )?(?:first|last) (?:input )?(?:image|exposure|frame)\b/i
const ZONES = /\b(?:[HJB]ST|[CEPM][SD]T|CES?T|AE[SD]T|AWST|SAST)\b/
const BEGUN = /\b(?:start|begin|begun|open)/i
const SECONDS = /\bsec(?:ond)?s?\b|\[s\]|\(s\)/i

/**
 * Start and end (MJD) with where they are from; a reason where only the command reads them.
 * @param {Cards} cards
 * @param {number | null} seconds of the exposure
 * @param {TimeWords} words
 * @returns {{start: Given | null, end: Given | null, day: boolean} | {reason: string}} `day` where of the start only that is known
 */
export function intervalOf(cards, seconds, words) {
  try {
    const reader = new Reader(cards, words)
    const start = reader.start()
    return completed(start, reader.end(start), seconds)
  } catch (error) {
    if (error instanceof Elsewhere) return { reason: `${error.message} portal extract reads only` }
    throw error
  }
}

/** @param {Stamp | null} start @param {Stamp | null} end @param {number | null} seconds */
function completed(start, end, seconds) {
  const given = (/** @type {Stamp | null} */ one) => one && /** @type {Given} */ ([one.mjd, one.within ? `${one.source}, the day alone` : one.source])
  const day = Boolean(start?.within)
  // An end that is known to a day would be hours before that of the exposure.
  const known = end?.within && (!start || !day || end.mjd <= start.mjd) ? null : end
  if (!start || (known && known.mjd >= start.mjd)) return { start: given(start), end: given(known), day }
  if (seconds === null || start.within) return { start: given(start), end: null, day }
  return { start: given(start), end: /** @type {Given} */ ([start.mjd + seconds / DAY, 'the start and the exposure time']), day }
}

class Reader {
  /**
   * @param {Cards} cards
   * @param {TimeWords} words
   */
  constructor(cards, words) {
    this.cards = cards
    this.words = words
    const said = (cards.text('TIMESYS') ?? cards.text('TIMSYS') ?? '').replace(/\(.*\)/g, '').trim().toUpperCase()
    this.scale = words.scales[said] ?? 'utc'
  }

  /** The time at which the exposure may have begun. */
  start() {
    const { begin, clocks, observed, mjds, jds, middles, suns } = this.words
    const odd = [...begin, ...observed, ...clocks, ...mjds].find((name) => this.cards.text(name) !== null && isOdd(this.cards.comment(name)))
    if (odd) throw new Elsewhere(`a comment on ${odd}, which`)
    const stacked = this.cards.names().find((name) => STACKED.test(this.cards.comment(name)) && typeof this.cards.value(name) === 'string')
    if (stacked) throw new Elsewhere(`the days of a stack, such as ${stacked},`)
    this.#refuse(['TSTART', 'TSTARTI'], 'seconds since a reference')
    const first = this.#dates(begin, clocks)[0] ?? this.#numbers(['MJD-BEG'])[0]
    if (first) return this.#checked(first)
    this.#refuse(['TAI-BEG'], 'seconds of TAI')
    const dated = this.#dates(observed, clocks)
    const exact = dated.find(({ within }) => !within)
    const counted = this.#numbers([...mjds, 'MJD'])
    if (exact) return this.#checked(ofThatNight(exact, counted[0]))
    const day = this.#numbers(mjds)[0] ?? this.#numbers(jds, JD)[0]
    if (day) return this.#checked(day)
    this.#refuse(['TAI'], 'seconds of TAI')
    this.#refuse(middles, 'the middle of an exposure')
    if (counted[0]) return this.#checked(counted[0])
    this.#refuse(suns, 'times at the Sun')
    return dated[0] ? this.#checked(dated[0]) : null
  }

  /** @param {Stamp | null} start */
  end(start) {
    const { end_clocks: clocks, end_dates: dates, end_mjds: mjds } = this.words
    this.#refuse(['TSTOP', 'TSTOPI'], 'seconds since a reference')
    this.#refuse(['TAI-END'], 'seconds of TAI')
    const dated = this.#dates(dates, clocks)
    const exact = dated.find(({ within }) => !within) ?? this.#numbers(mjds)[0]
    const night = !exact && start && !start.within ? this.#sameNight(start) : null
    const found = exact ?? night ?? dated[0] ?? null
    // A clock of the site's zone beside a start in UTC is turned by its longitude.
    if (found && this.words.longitudes.some((name) => this.cards.number(name) !== null)) this.#awake(start, found)
    if (start && found) this.#ofOneClock(start, found)
    return found && this.#checked(found)
  }

  /** Whether the clock of the end has a start of its own, which the command weighs. @param {Stamp} start @param {Stamp} end */
  #ofOneClock(start, end) {
    const begun = this.#numbers(this.words.pairs[end.source] ?? []).find(({ within, middle }) => !within && !middle)
    if (begun && begun.mjd <= end.mjd && Math.abs(begun.mjd - start.mjd) >= 1 / 1440) throw new Elsewhere('times that contradict each other')
  }

  /** Whether an end is hours after the start that no exposure explains. @param {Stamp | null} start @param {Stamp} end */
  #awake(start, end) {
    if (start && end.mjd - start.mjd > 4 / 24) throw new Elsewhere('an end that may be of a local clock')
  }

  /** @param {Stamp} stamp */
  #checked(stamp) {
    if (stamp.middle) throw new Elsewhere('the middle of an exposure')
    if (stamp.local) throw new Elsewhere('times of a local clock')
    if (this.scale !== 'utc' && !stamp.within) throw new Elsewhere(`times of the scale ${this.scale.toUpperCase()}`)
    return stamp
  }

  /** @param {string[]} names @param {string} what */
  #refuse(names, what) {
    if (names.some((name) => this.cards.text(name) !== null)) throw new Elsewhere(what)
  }

  /** @param {string[]} names @param {string[]} clocks @returns {Stamp[]} */
  #dates(names, clocks) {
    return names.flatMap((name) => {
      const value = this.cards.value(name)
      const found = typeof value === 'string' || Number.isInteger(value) ? moment(String(value), this.words.limits) : null
      if (!found) return []
      const clock = found.within ? this.#clock(clocks) : null
      const comment = `${this.cards.comment(name)}; ${clock ? this.cards.comment(clock.name) : ''}`
      const about = { middle: MIDDLE.test(comment), local: LOCAL.test(comment) }
      return [clock ? { mjd: found.mjd + clock.part, within: 0, source: `${name}, ${clock.name}`, ...about } : { ...found, source: name, ...about, middle: about.middle && !found.within }]
    })
  }

  /** The first card that gives a time of day. @param {string[]} names */
  #clock(names) {
    for (const name of names) {
      const [number, text] = [this.cards.number(name), this.cards.text(name)]
      const part = number === null ? timeOfDay(text ?? '') : SECONDS.test(this.cards.comment(name)) && number >= 0 && number < DAY + 1 ? number / DAY : null
      // Midnight to the last digit is what programs write who know the day alone.
      if (part) return { name, part }
    }
    return null
  }

  /** Days counted from a zero. @param {string[]} names @param {number} zero @returns {Stamp[]} */
  #numbers(names, zero = 0) {
    return names.flatMap((source) => {
      const value = this.cards.number(source)
      if (value === null || value < LEAST || !isPlausible(value - zero, this.words.limits)) return []
      const [mjd, within] = [value - zero, Number.isInteger(value - zero) ? 1 : 0]
      return [{ mjd, within, source, middle: !within && MIDDLE.test(this.cards.comment(source)), local: false }]
    })
  }

  /** An end of which only the clock is told. @param {Stamp} start @returns {Stamp | null} */
  #sameNight(start) {
    const clock = this.#clock(this.words.end_clocks)
    if (!clock) return null
    const mjd = Math.floor(start.mjd) + clock.part
    // An exposure that ends before it began ended after midnight.
    const end = mjd < start.mjd ? mjd + 1 : mjd
    return end - start.mjd < 0.75 ? { mjd: end, within: 0, source: clock.name, middle: false, local: false } : null
  }
}

/** Whether a comment says what only the command weighs. @param {string} comment */
function isOdd(comment) {
  return ZONES.test(comment) || (ODD.test(comment) && !BEGUN.test(comment))
}

/** A date with the day of an MJD beside it: some headers give the day at the end of a night. @param {Stamp} stamp @param {Stamp | undefined} counted @returns {Stamp} */
function ofThatNight(stamp, counted) {
  const away = counted && !counted.within ? counted.mjd - stamp.mjd : 0
  const days = Math.round(away)
  return Math.abs(days) === 1 && Math.abs(away - days) < 0.02 ? { ...stamp, mjd: stamp.mjd + days, source: `${stamp.source}, the day of ${counted?.source}` } : stamp
}

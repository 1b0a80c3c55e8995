// One row of ObsCore from the headers of a file: what the standard keywords say, and no more.

import { mjd } from './dates.js'
import { axesOf, band, middle, polarisation } from './wcs.js'

/**
 * @typedef {import('./fits.js').Hdu} Hdu
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./expressions.js').Row} Row
 *
 * @typedef {object} Given
 * @property {Row} row
 * @property {Record<string, string>} origins where each value is from, or why there is none
 * @property {string} file
 */

/** Kinds of exposures and targets that are not of the sky. */
const NOT_SKY = /\b(bias|dark|flat|dome|lamp|arc|comp|zero|focus|test|wave)/i
const KINDS = ['IMAGETYP', 'OBSTYPE', 'ESO DPR TYPE', 'ESO DPR CATG']
/** Words that name no object, and no telescope. */
const NO_TARGET = /survey|field|tile|mosaic|scan|raster|pointing|object|target/i
const NO_FACILITY = /^(optical|radio|infrared|telescope|observatory|scope|x-ray|simulation|[\d.]+ ?-?m.*)$/i

/**
 * The row that the first image of a file gives; failing an image, what its first table says.
 * @param {string} name of the file
 * @param {number} size [byte]
 * @param {Hdu[]} hdus
 * @param {Set<string>} placeholders words that stand for nothing
 * @returns {Given}
 */
export function rowOf(name, size, hdus, placeholders) {
  const made = new Maker(hdus, placeholders)
  const stem = name.replace(/(\.(fits|fit|fts|fz|gz))+$/i, '')
  made.give('obs_id', made.primary.text('OBS_ID'), 'OBS_ID')
  made.give('obs_id', stem, 'file name; look at it (confidence 0.4)')
  made.give('obs_publisher_did', `ivo://unpublished/fits?${encodeURIComponent(name)}/${made.hdu?.index ?? 0}`, 'file name; a placeholder until a publisher gives its own')
  made.give('access_format', 'application/fits', 'content')
  made.give('access_estsize', Math.ceil(size / 1000), 'size of the file')
  made.names()
  made.times()
  made.axes()
  return { row: made.row, origins: made.origins, file: name }
}

class Maker {
  /** @type {Row} */
  row = {}
  /** @type {Record<string, string>} */
  origins = {}
  offSky = false
  #placeholders

  /**
   * @param {Hdu[]} hdus
   * @param {Set<string>} placeholders
   */
  constructor(hdus, placeholders) {
    this.hdu = hdus.find((one) => one.kind === 'image') ?? hdus.find((one) => one.kind === 'table') ?? hdus[0]
    this.primary = /** @type {Cards} */ (hdus[0]?.cards)
    this.cards = /** @type {Cards} */ (this.hdu?.cards)
    this.#placeholders = placeholders
  }

  /**
   * Take a value, unless there is one already.
   * @param {string} column
   * @param {string | number | null} value
   * @param {string} origin
   */
  give(column, value, origin) {
    if (value === null || (this.row[column] ?? null) !== null) return
    this.row[column] = value
    this.origins[column] = origin
  }

  /**
   * Say why there is no value.
   * @param {string[]} columns
   * @param {string} reason
   */
  lack(columns, reason) {
    for (const column of columns) this.origins[column] ??= `none: ${reason}`
  }

  /**
   * The first of some keywords in the HDU, then in the primary one.
   * @template T
   * @param {(cards: Cards) => T | null} look
   */
  first(look) {
    return look(this.cards) ?? look(this.primary)
  }

  names() {
    const kind = this.first((cards) => cards.firstText(KINDS))
    const object = this.first((cards) => cards.firstText(['ESO OBS TARG NAME', 'OBJECT']))
    this.offSky = NOT_SKY.test(kind?.[1] ?? '') || NOT_SKY.test(object?.[1] ?? '')
    if (this.offSky) this.lack(['target_name'], 'an exposure that is not of the sky')
    else this.#name('target_name', object, NO_TARGET)
    this.#name('facility_name', this.first((cards) => cards.firstText(['TELESCOP'])), NO_FACILITY)
    this.#name('instrument_name', this.first((cards) => cards.firstText(['INSTRUME'])), null)
  }

  /**
   * @param {string} column
   * @param {[string, string] | null} found keyword and text
   * @param {RegExp | null} vague what is no name
   */
  #name(column, found, vague) {
    if (!found || this.#placeholders.has(found[1].toLowerCase())) return
    if (vague?.test(found[1])) this.lack([column], `${found[1]} is no name`)
    else this.give(column, found[1], found[0])
  }

  times() {
    this.#moment('t_min', ['MJD-BEG', 'MJD-OBS'], ['DATE-BEG', 'DATE-OBS'])
    this.#moment('t_max', ['MJD-END'], ['DATE-END'])
    const exposure = this.first((cards) => cards.firstNumber(['XPOSURE', 'EXPTIME']))
    // In a table of events it is often that of one frame.
    if (this.hdu?.kind === 'image' && exposure && exposure[1] > 0) this.give('t_exptime', exposure[1], `${exposure[0]} [s]`)
  }

  /**
   * @param {string} column
   * @param {string[]} days keywords with modified Julian dates
   * @param {string[]} dates keywords with dates
   */
  #moment(column, days, dates) {
    const system = this.first((cards) => cards.text('TIMESYS')) ?? 'UTC'
    if (system.toUpperCase() !== 'UTC') return this.lack([column], `the time scale ${system} is read by portal extract only`)
    // Dates first: days are often printed with fewer digits.
    for (const name of dates) {
      // A local time is none that anyone else could use, the middle is no start.
      const text = this.first((cards) => (/local|median|mid/.test(cards.comment(name)) ? null : cards.text(name)))
      const moment = text === null ? null : mjd(text)
      if (moment !== null) return this.give(column, moment, name)
    }
    const day = this.first((cards) => cards.firstNumber(days))
    if (day && day[1] > 0 && day[1] < 88069) this.give(column, day[1], day[0])
  }

  axes() {
    if (this.hdu?.kind !== 'image') return this.lack(['dataproduct_type', 's_ra', 's_dec'], 'tables are read by portal extract only')
    const axes = axesOf(this.cards, this.hdu.shape)
    const spectral = this.#band(axes)
    const sky = middle(this.cards, axes)
    if (sky) this.#sky(sky, spectral)
    const states = polarisation(this.cards, axes)
    if (states) {
      this.give('pol_states', states.states, states.source)
      this.give('pol_xel', states.count, states.source)
    }
  }

  /** @param {import('./wcs.js').Axis[]} axes */
  #band(axes) {
    const found = band(this.cards, axes)
    if (found && 'reason' in found) this.lack(['em_min', 'em_max', 'em_xel'], found.reason)
    if (!found || 'reason' in found) return null
    this.give('em_min', found.low, `${found.source}, outer edge`)
    this.give('em_max', found.high, `${found.source}, outer edge`)
    this.give('em_xel', found.count, `${found.source}, length`)
    return found
  }

  /**
   * @param {NonNullable<ReturnType<typeof middle>>} sky
   * @param {{count: number} | null} spectral
   */
  #sky(sky, spectral) {
    if ('reason' in sky) return this.lack(['s_ra', 's_dec'], sky.reason)
    const frame = (this.first((cards) => cards.text('RADESYS') ?? cards.text('RADECSYS')) ?? '').toUpperCase()
    const equinox = this.first((cards) => cards.number('EQUINOX') ?? cards.number('EPOCH'))
    const modern = ['ICRS', 'FK5', ''].includes(frame) && (equinox === null || equinox === 2000)
    if (!modern) this.lack(['s_ra', 's_dec'], `the frame ${frame} ${equinox ?? ''} is read by portal extract only`)
    else if (this.offSky) this.lack(['s_ra', 's_dec'], 'an exposure that is not of the sky')
    else {
      this.give('s_ra', sky.ra, sky.source)
      this.give('s_dec', sky.dec, sky.source)
    }
    const [x, y] = sky.axes
    if (x.length <= 1 || y.length <= 1) return
    this.give('s_xel1', x.length, `NAXIS${x.number}`)
    this.give('s_xel2', y.length, `NAXIS${y.number}`)
    const kind = spectral && spectral.count > 1 ? 'cube' : 'image'
    this.give('dataproduct_type', kind, 'axes of the sky and of the spectrum')
  }
}

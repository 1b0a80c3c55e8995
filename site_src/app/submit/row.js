// Rows of ObsCore from the headers of a file: what portal extract finds too, and no more.

import { exposureOf } from './exposures.js'
import { headerKind, imageKind, isDispersed, isOnDetector } from './kinds.js'
import { levelOf } from './level.js'
import { facilityOf, firstOf, instrumentOf, targetOf } from './names.js'
import { outline } from './outline.js'
import { isUntold, skyOf } from './plane.js'
import { pointingOf } from './pointing.js'
import { productsOf } from './products.js'
import { isOfPulsar } from './tables.js'
import { intervalOf } from './times.js'
import { axesOf, axisRoles, band, polarisation } from './wcs.js'
import { byMagritte, notOfSky } from './words.js'

/**
 * @typedef {import('./fits.js').Hdu} Hdu
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {import('./expressions.js').Row} Row
 * @typedef {import('./words.js').Words} Words
 *
 * @typedef {object} Given
 * @property {Row} row
 * @property {Record<string, string>} origins where each value is from, or why there is none
 * @property {string} file
 * @property {string} part number of the HDU, '' for a row of a table
 */

/** Keywords of an HDU itself, which an extension does not take over from the primary one. */
const OWN = new RegExp(
  '^(SIMPLE|XTENSION|EXTEND|BITPIX|NAXIS\\d*|PCOUNT|GCOUNT|GROUPS|TFIELDS|EXTNAME|EXTVER' +
    '|EXTLEVEL|BSCALE|BZERO|BLANK|BUNIT|DATAMIN|DATAMAX|CHECKSUM|DATASUM|WCSAXES[A-Z]?' +
    '|(CTYPE|CRVAL|CRPIX|CDELT|CUNIT|CROTA|CRDER|CSYER|CNAME)\\d+[A-Z]?' +
    '|(CD|PC|PV|PS)\\d+_\\d+[A-Z]?|[AB]P?_(ORDER|DMAX|\\d+_\\d+)|T[A-Z]{3,5}\\d+)$',
)
/** MJD of 1993-01-01, since when telescopes point by J2000. */
const J2000_USUAL = 48988
/** What only the command looks for. */
const ELSEWHERE = 'none: portal extract may find it'
/** What this page looks for as the command does. */
const READ = ['facility_name', 'instrument_name', 't_exptime', 't_max', 't_min', 'target_name']

/**
 * The rows of a file, and why other parts of it have none.
 * @param {string} name of the file
 * @param {number} size [byte]
 * @param {Hdu[]} hdus
 * @param {Words} words
 * @param {string[]} columns names of all columns
 * @returns {{rows: Given[], parts: string[], left: string[]}} what is no product, and what only the command makes rows of
 */
export function rowsOf(name, size, hdus, words, columns) {
  const { products, parts, left } = productsOf(hdus, words)
  const rows = []
  for (const { hdu, kind } of products) {
    if (isOfTargets(hdu, hdus)) left.push({ hdu, text: 'lines that may be spectra of several targets' })
    else rows.push(new Maker(name, size, hdu, hdus, words).made(kind, columns))
  }
  return { rows, parts, left: together(left) }
}

/** One sentence for all HDUs of which the same is said. @param {import('./products.js').Left[]} left */
function together(left) {
  const texts = [...new Set(left.map(({ text }) => text))]
  return texts.map((text) => `HDU ${left.filter((one) => one.text === text).map(({ hdu }) => hdu.index).join(', ')}: ${text}`)
}

/** Whether each row of an image may be of a target of its own. @param {Hdu} hdu @param {Hdu[]} hdus */
function isOfTargets({ shape }, hdus) {
  return shape.length === 2 && hdus.some((other) => other.kind === 'table' && other.rows === shape[1] && other.columns.some(({ name }) => /^(.*_)?RA(_.*)?$|^ALPHA$|^RAJ2000$/i.test(name)))
}

class Maker {
  /** @type {Row} */
  #row = {}
  /** @type {Record<string, string>} */
  #origins = {}

  /**
   * @param {string} name
   * @param {number} size
   * @param {Hdu} hdu
   * @param {Hdu[]} hdus
   * @param {Words} words
   */
  constructor(name, size, hdu, hdus, words) {
    this.name = name
    this.size = size
    this.hdu = hdu
    this.words = words
    const primary = /** @type {Hdu} */ (hdus[0])
    this.cards = hdu === primary ? hdu.cards : hdu.cards.over(primary.cards, OWN)
    this.others = hdus.filter((one) => one !== hdu)
    this.unlit = notOfSky(this.cards, words)
    this.detector = false
    this.magritte = byMagritte(hdu.cards, hdu.shape, words.magritte)
  }

  /**
   * @param {string | null} table kind of a table
   * @param {string[]} columns
   * @returns {Given}
   */
  made(table, columns) {
    this.#identify()
    this.#time(table)
    const axes = this.hdu.kind === 'image' || this.hdu.kind === 'compressed' ? axesOf(this.hdu.cards, this.hdu.shape) : []
    const sky = table === null && this.#place(axes)
    this.#point(table, axes, sky)
    this.#describe(table, axes, sky)
    for (const column of columns) if (this.#row[column] === undefined) this.#origins[column] ??= READ.includes(column) ? 'not in the header' : ELSEWHERE
    return { row: this.#row, origins: this.#origins, file: this.name, part: String(this.hdu.index) }
  }

  /**
   * Take a value.
   * @param {string} column
   * @param {string | number} value
   * @param {string} origin
   */
  #give(column, value, origin) {
    this.#row[column] = value
    this.#origins[column] = origin
  }

  /**
   * Say why there is no value.
   * @param {string[]} columns
   * @param {string} reason
   */
  #lack(columns, reason) {
    for (const column of columns) this.#origins[column] ??= `none: ${reason}`
  }

  /**
   * @param {string} column
   * @param {import('./names.js').Named} found
   */
  #name(column, found) {
    if (found && 'reason' in found) this.#lack([column], found.reason)
    else if (found) this.#give(column, found.value, found.source)
  }

  #identify() {
    const { names } = this.words
    const stem = this.name.replace(/\.(fits?|fts)(\.(gz|fz|bz2|xz|z))?$|\.(fz|gz)$/i, '') || this.name
    const id = firstOf(this.cards, names.observations, this.words)
    this.#give('obs_id', id?.value ?? stem, id?.source ?? 'file name; look at it (confidence 0.4)')
    this.#name('obs_collection', firstOf(this.cards, names.collections, this.words))
    this.#lack(['obs_collection'], 'the folder or the submission names it')
    this.#lack(['access_url'], 'the portal gives it when it publishes the file')
    this.#give('obs_publisher_did', `ivo://unpublished/fits?${quoted(this.name)}/${this.hdu.index}`, 'file name; a placeholder until a publisher gives its own')
    this.#give('access_format', 'application/fits', 'content')
    this.#give('access_estsize', Math.ceil(this.size / 1000), 'size of the file')
    if (this.unlit) this.#lack(['target_name', 's_ra', 's_dec', 's_region', 's_fov'], `not of the sky: ${this.unlit}`)
    else this.#name('target_name', targetOf(this.cards, this.words))
    this.#name('facility_name', facilityOf(this.cards, this.words))
    this.#name('instrument_name', instrumentOf(this.cards, this.words))
  }

  /** @param {string | null} table */
  #time(table) {
    const { durations, times } = this.words
    if (table === 'timeseries' && isOfPulsar(this.hdu)) return this.#lack(['t_exptime', 't_max', 't_min'], 'sub-integrations of a pulsar are read by portal extract only')
    const exposure = exposureOf(this.cards, this.hdu.name, durations)
    if (!exposure && this.cards.has('EXPTIME1')) return this.#lack(['t_exptime', 't_min', 't_max'], 'cards of numbered exposures are read by portal extract only')
    if (exposure && 'reason' in exposure) return this.#lack(['t_exptime', 't_min', 't_max'], exposure.reason)
    if (exposure) this.#give('t_exptime', exposure.value, `${exposure.source} [s]`)
    const elsewhere = this.#timesElsewhere()
    const found = elsewhere ? { reason: elsewhere } : intervalOf(this.cards, exposure?.value ?? null, times)
    if ('reason' in found) return this.#lack(['t_min', 't_max'], found.reason)
    const column = table !== null && this.hdu.columns.some(({ name }) => /^(time|date|[bhm]?jd)$/i.test(name))
    if ((!found.start || found.day) && this.cards.has('EXPTIME1')) return this.#lack(['t_min', 't_max'], 'cards of numbered exposures are read by portal extract only')
    if (column && (!found.start || found.day)) return this.#lack(['t_min', 't_max'], 'columns of times are read by portal extract only')
    if (found.start) this.#give('t_min', ...found.start)
    if (found.end) this.#give('t_max', ...found.end)
  }

  /** Why only the command can tell the times; '' if it is not so. */
  #timesElsewhere() {
    const axis = axesOf(this.hdu.cards, this.hdu.kind === 'table' ? [] : this.hdu.shape).some(({ role }) => role === 'time')
    const added = this.hdu.name.toUpperCase() === 'COADD' && !this.cards.has('TAI-BEG') && this.others.some(({ cards }) => cards.has('TAI-BEG'))
    return axis ? 'an axis of times is read by portal extract only' : added ? 'times of exposures that were added are read by portal extract only' : ''
  }

  /**
   * Position and outline; whether it has two axes of the sky.
   * @param {import('./wcs.js').Axis[]} axes
   */
  #place(axes) {
    const pair = ['longitude', 'latitude'].map((role) => axes.find((axis) => axis.role === role))
    const [ra, dec] = pair
    if (!ra || !dec) {
      if (this.cards.has('AMDX1')) this.#lack(['dataproduct_type', 'em_xel', 's_ra', 's_dec', 's_xel1', 's_xel2'], 'a plate is read by portal extract only')
      return false
    }
    this.detector = isOnDetector(this.cards, axes, axisRoles(this.hdu.cards), this.words)
    if (this.detector) this.#lack(['em_min', 'em_max', 'em_xel', 's_fov', 's_ra', 's_dec', 's_region', 's_xel1', 's_xel2'], 'light was dispersed, and portal extract reads what is told of its place and band')
    else {
      this.#give('s_xel1', ra.length, `NAXIS${ra.number}`)
      this.#give('s_xel2', dec.length, `NAXIS${dec.number}`)
    }
    if (this.detector || this.unlit) return true
    if (ra.type === 'RA' && this.#isOld()) {
      this.#lack(['s_ra', 's_dec', 's_region', 's_fov'], 'an equinox that is not told is weighed by portal extract only')
      return true
    }
    const sky = this.magritte || !/^(RA|GLON|SLON|ELON)$/.test(ra.type) ? { reason: `an axis ${ra.type} is read by portal extract only` } : skyOf(this.cards, this.words.frames)
    if (this.magritte) this.#outline(this.#shifted(skyOf(this.cards, this.words.frames)), axes)
    else if (sky) this.#outline(sky, axes)
    return true
  }

  /** Whether no equinox is told, of what may be older than the custom of J2000. */
  #isOld() {
    return isUntold(this.cards) && !(Number(this.#row['t_min']) >= J2000_USUAL)
  }

  /**
   * The place by keywords, where no pixels tell it.
   * @param {string | null} table
   * @param {import('./wcs.js').Axis[]} axes
   * @param {boolean} sky
   */
  #point(table, axes, sky) {
    const elsewhere = this.#origins['s_ra']?.includes('portal extract')
    if (this.unlit || this.#row['s_ra'] !== undefined || elsewhere) return
    if (this.hdu.cards.names().some((name) => /^TCTYP\d/.test(name))) return this.#lack(['s_ra', 's_dec'], 'coordinates in columns are read by portal extract only')
    const lines = table !== null || axes.some(({ role }) => role === 'spectral') || axes.length < 2
    const found = pointingOf(this.cards, this.words, lines && !sky) ?? this.#reference()
    if (found && 'reason' in found) return this.#lack(['s_ra', 's_dec'], found.reason)
    if (!found) return this.#lack(['s_ra', 's_dec'], 'no position that this page reads; portal extract reads more')
    this.#give('s_ra', found.place[0], found.source)
    this.#give('s_dec', found.place[1], found.source)
  }

  /** The reference point of a header without pixels. @returns {ReturnType<typeof pointingOf>} */
  #reference() {
    const sky = this.hdu.kind === 'empty' && !this.#isOld() ? skyOf(this.cards, this.words.frames) : null
    if (!sky || 'reason' in sky) return sky
    const place = sky.at(...sky.pixels)
    return place && { place, source: `WCS (${sky.said}), its reference point; look at it (confidence 0.4)` }
  }

  /** Magritte counts pixels from 0. @param {ReturnType<typeof skyOf>} sky @returns {ReturnType<typeof skyOf>} */
  #shifted(sky) {
    return sky && 'at' in sky ? { ...sky, at: (x, y) => sky.at(x - 1, y - 1) } : sky
  }

  /**
   * @param {ReturnType<typeof skyOf>} sky
   * @param {import('./wcs.js').Axis[]} axes
   */
  #outline(sky, axes) {
    if (!sky || 'reason' in sky) return this.#lack(['s_ra', 's_dec', 's_region', 's_fov'], sky?.reason ?? 'no axes of the sky')
    const [columns, rows] = /** @type {[number, number]} */ (sky.axes.map((number) => axes[number - 1]?.length ?? 1))
    const middle = sky.at((columns + 1) / 2, (rows + 1) / 2)
    const source = `WCS (${sky.said})`
    if (!middle) this.#lack(['s_ra', 's_dec'], 'the middle of the image is not on the sky; portal extract takes that of the others')
    else {
      this.#give('s_ra', middle[0], `${source}, middle of the image`)
      this.#give('s_dec', middle[1], `${source}, middle of the image`)
    }
    const alone = columns === 1 && rows === 1 && axes.some((axis) => axis.length > 1)
    const found = alone ? null : outline(sky.at, columns, rows)
    if (!found) return
    this.#give('s_region', found.region, `${source}, edges of the pixels`)
    this.#give('s_fov', found.field, `${source}, circle about the edges`)
  }

  /**
   * @param {string | null} table
   * @param {import('./wcs.js').Axis[]} axes
   * @param {boolean} sky
   */
  #describe(table, axes, sky) {
    const spectral = axes.find((axis) => axis.role === 'spectral')
    const kind = this.hdu.kind === 'empty' ? headerKind(this.cards, axisRoles(this.cards), this.words) : this.#kind(table, axes, sky)
    if (kind && !this.#origins['dataproduct_type']) this.#give('dataproduct_type', kind, table ? 'columns' : 'axes')
    const bits = this.cards.number(this.hdu.kind === 'compressed' ? 'ZBITPIX' : 'BITPIX')
    const level = levelOf({ cards: this.cards, bits, image: table === null, kind: table, spectral: spectral !== undefined, beside: this.#beside() }, this.words)
    if ('level' in level) this.#give('calib_level', level.level, level.source)
    else this.#lack(['calib_level'], level.reason)
    if (this.hdu.kind === 'empty') return this.#lack(['em_min', 'em_max', 'pol_states', 'pol_xel'], 'of a header without data portal extract tells it only')
    if (table) return this.#count(table)
    // Such as a response: taken where a file has nothing that was observed.
    if (this.hdu.kind === 'table') return this.#lack(['em_min', 'em_max', 'em_xel', 't_xel', 'pol_states', 'pol_xel'], 'of a table portal extract tells it only')
    this.#wavelengths(spectral, sky)
    const time = axes.find((axis) => axis.role === 'time')
    this.#give('t_xel', time?.length ?? 1, time ? `NAXIS${time.number}` : 'no axis of time')
    const stokes = axes.find((axis) => axis.role === 'stokes')
    if (!stokes) return
    const states = polarisation(stokes)
    if (states) this.#give('pol_states', states, `axis ${stokes.number}, STOKES`)
    this.#give('pol_xel', stokes.length, `axis ${stokes.number}, length`)
  }

  /**
   * @param {string | null} table
   * @param {import('./wcs.js').Axis[]} axes
   * @param {boolean} sky
   */
  #kind(table, axes, sky) {
    const category = (this.cards.text('PRODCATG') ?? '').toUpperCase().split('.').map((word) => this.words.kinds.eso[word]).find(Boolean)
    if (category) return category
    if (table) return table
    if (sky) return this.detector ? 'spectrum' : imageKind(axes)
    const lookup = this.others.some(({ name, shape }) => /^(wave|lambda|loglam|lam)/i.test(name) && shape[0] === this.hdu.shape[0])
    const found = imageKind(axes) ?? (lookup ? 'spectrum' : null)
    if (found) return found
    const long = this.hdu.shape.filter((length) => length > 1)
    return isDispersed(this.cards, this.words) ? 'spectrum' : long.length > 2 ? 'cube' : axes.length >= 2 ? 'image' : null
  }

  /** @param {string} table */
  #count(table) {
    this.#lack(['em_min', 'em_max', 'em_xel', 'pol_states', 'pol_xel'], 'of a table portal extract tells it only')
    const times = this.hdu.columns.find(({ name }) => this.words.columns.times.includes(name.toLowerCase()))
    if (table === 'timeseries' && isOfPulsar(this.hdu)) return this.#lack(['t_xel'], 'sub-integrations of a pulsar are counted by portal extract only')
    if (times && (table === 'spectrum' || times.length > 1)) this.#lack(['t_xel'], 'of spectra or cells with times portal extract tells it only')
    else if (table === 'timeseries') this.#give('t_xel', this.hdu.rows, 'rows')
    if (table === 'event') for (const name of ['s_xel1', 's_xel2', 'em_xel', 't_xel']) this.#give(name, -1, 'events are on no grid')
    if (table === 'spectrum' && !times) this.#give('t_xel', 1, 'no axis of time')
  }

  /** Whether another HDU is named after wavelengths. */
  #beside() {
    return this.others.some(({ name }) => /^(.*_)?(wave|lambda|loglam|lam)/i.test(name))
  }

  /**
   * @param {import('./wcs.js').Axis | undefined} axis
   * @param {boolean} sky
   */
  #wavelengths(axis, sky) {
    if (this.detector) return undefined
    if (this.#beside() || this.cards.has('COEFF0') || this.cards.has('WAT0_001')) return this.#lack(['em_min', 'em_max', 'em_xel'], 'wavelengths that stand elsewhere are read by portal extract only')
    const unnamed = axesOf(this.hdu.cards, this.hdu.shape).some(({ role, length }) => role === 'other' && length > 1)
    if (!axis && sky && unnamed) return this.#lack(['em_min', 'em_max', 'em_xel'], 'an axis that the header does not name may be of wavelengths')
    if (!axis) return sky ? this.#give('em_xel', 1, 'an image has one element in wavelength') : undefined
    this.#give('em_xel', axis.length, `NAXIS${axis.number}`)
    const found = this.magritte ? { reason: 'velocities of Magritte are read by portal extract only' } : band(this.cards, axis)
    if ('reason' in found) return this.#lack(['em_min', 'em_max'], found.reason)
    this.#give('em_min', found.low, `${found.source}, outer edge`)
    this.#give('em_max', found.high, `${found.source}, outer edge`)
  }
}

/** As addresses have it, all but letters, digits and a few signs in percent. @param {string} text */
function quoted(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

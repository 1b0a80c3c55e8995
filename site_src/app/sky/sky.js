// The sky view: where the products that are found lie, with their footprints.

import { exact, shown } from '../browse/cells.js'
import { debounced, h } from '../page/dom.js'
import { count, number } from '../page/format.js'
import { inks, onTheme } from '../page/theme.js'
import { coneOf } from '../search/cone.js'
import { between, coordinates, distance, dot, regionsOf, vector } from '../search/sphere.js'
import { draw } from './chart.js'
import { LEAST, Projection, WHOLE } from './projection.js'

/** Rows of the list below the drawing. */
const LISTED = 50
/** Products named in the note at a place. */
const NOTED = 8
/** How far from a place the pointer still means it, in pixels. */
const REACH = 14
const COLUMNS = ['s_ra', 's_dec', 's_region']
const TOLD = ['target_name', 'dataproduct_type', 's_ra', 's_dec']
const RADIAN = Math.PI / 180

/**
 * @typedef {import('./projection.js').Look} Look
 * @typedef {import('./chart.js').Spot} Spot
 * @typedef {import('../data/tables.js').Readable} Readable
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 *
 * @typedef {object} Wanted
 * @property {Readable} catalogue
 * @property {Map<string, ColumnInfo>} infos
 * @property {Uint32Array} rows that match
 * @property {import('../data/filters.js').Filter | undefined} around the search by position in force
 * @property {Look | null} look null for one that shows all places
 *
 * @typedef {object} Outcomes
 * @property {string[]} naming columns that titles and addresses need
 * @property {(row: number) => string | null} title
 * @property {(row: number) => string} href
 * @property {(look: Look | null) => void} look the reader looks elsewhere
 * @property {(text: string) => void} around search around a position
 */

export class Sky {
  /** @type {Wanted | null} */
  #wanted = null
  /** @type {Spot[]} */
  #spots = []
  /** @type {Look} */
  #look = WHOLE
  /** What was last told or asked to be looked at. @type {Look | null} */
  #asked = null
  /** @type {Set<number>} */
  #chosen = new Set()
  #projection = new Projection(WHOLE, 2, 1)
  #turn = 0
  #outcomes
  #canvas = h('canvas', { class: 'sky-canvas', role: 'img', tabindex: 0 })
  #note = h('div', { class: 'sky-note', hidden: true, role: 'group', 'aria-label': 'Products at this place' })
  #frame = h('div', { class: 'sky-frame' }, this.#canvas, this.#note)
  #status = h('p', { class: 'sky-status', role: 'status' })
  #heading = h('h2', { class: 'sky-heading' })
  #list = h('tbody')
  #whole = h('button', { type: 'button', class: 'browse-button', onclick: () => this.#turnTo(WHOLE) }, 'Whole sky')
  #told = debounced(() => this.#outcomes.look((this.#asked = this.#isWhole ? null : { ...this.#look })), 500)

  /** @param {Outcomes} outcomes */
  constructor(outcomes) {
    this.#outcomes = outcomes
    const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ onclick) =>
      h('button', { type: 'button', class: 'browse-button', title: label, 'aria-label': text.length === 1 && label, onclick }, text)
    const tools = h('div', { class: 'sky-tools' },
      button('+', 'Closer', () => this.#zoom(0.5)), button('−', 'Further away', () => this.#zoom(2)), this.#whole,
      button('All products', 'The field that shows all products found', () => this.#turnTo(this.#fitting())),
      button('Search here', 'Find the products in this field', () => this.#searchHere()))
    const keys = h('p', { class: 'sky-keys', id: 'sky-keys' },
      'Drag or arrow keys move, + and − or the wheel with the control key enlarge, 0 shows the whole sky; a click or Enter names what is there. ICRS, east to the left; dashed: the plane of the Milky Way.')
    this.#canvas.setAttribute('aria-describedby', 'sky-keys')
    const heads = ['Product', 'Target', 'Kind', 'Right ascension (°)', 'Declination (°)', ''].map((text) =>
      text ? h('th', { scope: 'col' }, text) : h('td'))
    this.element = h('div', { class: 'sky' }, tools, this.#frame, keys, this.#status, this.#heading,
      h('div', { class: 'sky-list', tabindex: 0, role: 'region', 'aria-label': 'Products in the field' }, h('table', { class: 'sky-table' }, h('thead', {}, h('tr', {}, ...heads)), this.#list)))
    new ResizeObserver(() => this.#frame.clientWidth !== this.#projection.width && this.#draw()).observe(this.#frame)
    onTheme(() => this.#draw())
    this.#listen()
  }

  /**
   * Show rows of a catalogue; done when they are drawn.
   * @param {Wanted} wanted
   */
  async show(wanted) {
    const turn = ++this.#turn
    const { catalogue, rows } = wanted
    this.#frame.setAttribute('aria-busy', 'true')
    await catalogue.load(COLUMNS)
    if (turn !== this.#turn) return
    const fresh = this.#wanted?.catalogue !== catalogue
    const same = this.#wanted?.rows === rows
    this.#wanted = wanted
    if (!same) {
      this.#spots = spotsOf(catalogue, rows)
      this.#chosen = new Set()
      this.#note.hidden = true
    }
    const { look } = wanted
    const asked = look && (!this.#asked || look.ra !== this.#asked.ra || look.dec !== this.#asked.dec || look.field !== this.#asked.field)
    if (asked) this.#look = look
    else if (!look && (fresh || this.#asked)) this.#look = WHOLE
    this.#asked = look
    this.#frame.setAttribute('aria-busy', 'false')
    this.#draw()
    await this.#tell()
  }

  #draw() {
    const width = this.#frame.clientWidth
    if (width === 0 || !this.#wanted) return
    const least = this.#look.field >= 300 ? 160 : 260
    const height = Math.round(Math.min(Math.max(width / 2, least), Math.max(innerHeight * 0.46, least)))
    // Almost all of the sky is drawn whole.
    const wide = this.#look.field >= 300 ? Math.min(width, 2 * height) : width
    const field = wide < width ? 360 : this.#look.field
    this.#projection = new Projection({ ...this.#look, field }, width, height, wide)
    this.#canvas.style.height = `${height}px`
    const cone = this.#wanted.around?.kind === 'search' ? coneOf(this.#wanted.around.text) : null
    const search = cone?.at ? [{ at: vector(cone.at.ra, cone.at.dec), radius: cone.radius * RADIAN }] : []
    draw(this.#canvas, this.#projection, { spots: this.#spots, chosen: this.#chosen, search }, inks(this.#frame))
    // On the whole sky a finger moves the page up and down.
    this.#canvas.classList.toggle('is-field', this.#look.field < 300)
    this.#whole.disabled = this.#isWhole
  }

  get #isWhole() {
    const { ra, dec, field } = this.#look
    return field >= 360 && ra === 0 && dec === 0
  }

  /** What is drawn in words, and as a list. */
  async #tell() {
    if (!this.#wanted) return
    const { catalogue, infos, rows } = this.#wanted
    const seen = this.#spots.filter(({ at }) => this.#visible(at))
    const missing = rows.length - this.#spots.length
    const { ra, dec, field } = this.#look
    const where = field >= 360 ? 'the whole sky' : `${number(field, 3)}° around ${number(ra, 6)}°, ${number(dec, 6)}°`
    this.#canvas.setAttribute('aria-label', `Map of ${where} with ${count(seen.length)} products`)
    this.#status.textContent = `${count(seen.length)} of ${count(this.#spots.length)} places are in this field.`
      + (missing > 0 ? ` ${count(missing)} of the rows found say no position.` : '')
    this.#heading.textContent = seen.length > LISTED ? `The first ${LISTED} in this field` : 'In this field'
    this.#heading.hidden = seen.length === 0
    const listed = seen.slice(0, LISTED)
    const turn = this.#turn
    const told = TOLD.filter((name) => infos.has(name))
    await catalogue.loadRows(['model_id', ...this.#outcomes.naming, ...told], listed.map(({ row }) => row))
    if (turn === this.#turn) this.#list.replaceChildren(...listed.map((spot) => this.#line(spot)))
    this.#list.parentElement?.parentElement?.toggleAttribute('hidden', listed.length === 0)
  }

  /** @param {Spot} spot */
  #line(spot) {
    const { row } = spot
    const go = h('button', { type: 'button', class: 'browse-button', onclick: () => this.#goTo(spot) }, 'Show')
    go.setAttribute('aria-label', `Show ${this.#outcomes.title(row)} on the map`)
    return h('tr', {}, h('th', { scope: 'row' }, this.#link(row)), ...TOLD.map((name) => h('td', {}, this.#text(name, row))), h('td', {}, go))
  }

  /** @param {string} name @param {number} row */
  #text(name, row) {
    const wanted = /** @type {Wanted} */ (this.#wanted)
    return shown(wanted.catalogue, wanted.infos.get(name), row) ?? '–'
  }

  /** @param {number} row */
  #link(row) {
    return h('a', { href: this.#outcomes.href(row) }, this.#outcomes.title(row) ?? '…')
  }

  /** @param {import('../search/sphere.js').Vector} at */
  #visible(at) {
    return this.#projection.shows(this.#projection.place(at))
  }

  /** @param {Spot} spot */
  #goTo({ row, at, regions }) {
    const [ra, dec] = coordinates(at)
    const reach = regions.flatMap((region) => (region.kind === 'circle' ? [region.radius] : region.corners.map((corner) => between(at, corner))))
    const field = Math.min(180, Math.max(6 * Math.max(0, ...reach) / RADIAN, reach.length > 0 ? 10 * LEAST : 1))
    this.#chosen = new Set([row])
    this.#turnTo({ ra, dec, field })
    this.#frame.scrollIntoView({ block: 'nearest' })
    void this.#name([row], [this.#projection.width / 2, this.#projection.height / 2])
  }

  /** @returns {Look} */
  #fitting() {
    if (this.#spots.length === 0) return WHOLE
    const sum = [0, 1, 2].map((axis) => this.#spots.reduce((total, { at }) => total + (at[axis] ?? 0), 0))
    const middle = /** @type {import('../search/sphere.js').Vector} */ (sum)
    const size = Math.hypot(...middle)
    if (size / this.#spots.length < 0.3) return WHOLE
    const [ra, dec] = coordinates(middle)
    const centre = vector(ra, dec)
    const ends = this.#spots.flatMap(({ at, regions }) => [at, ...regions.flatMap((region) => (region.kind === 'polygon' ? region.corners : []))])
    const reach = Math.max(...ends.map((end) => between(centre, end))) / RADIAN
    const tall = this.#projection.height / this.#projection.width
    const field = (2.4 * reach) / Math.min(1, tall)
    return field > 170 ? WHOLE : { ra, dec, field: Math.max(field, 60 * LEAST) }
  }

  #searchHere() {
    const { ra, dec, field } = this.#look
    const radius = Math.min(180, field / 2)
    const text = (/** @type {number} */ value) => String(Number(value.toFixed(6)))
    this.#outcomes.around(`${text(ra)} ${text(dec)} ${Number(radius.toPrecision(4))} deg`)
  }

  /** @param {Look} look */
  #turnTo(look) {
    this.#look = { ra: ((look.ra % 360) + 360) % 360, dec: Math.max(-90, Math.min(90, look.dec)), field: Math.max(LEAST, Math.min(360, look.field)) }
    this.#note.hidden = true
    this.#draw()
    void this.#tell()
    this.#told()
  }

  /** @param {number} factor @param {import('./projection.js').Place} [at] what stays where it is */
  #zoom(factor, at) {
    const field = Math.max(LEAST, Math.min(360, this.#look.field * factor))
    const there = at && factor < 1 ? this.#projection.direction(at) : null
    if (field === 360) return this.#turnTo({ ...this.#look, dec: 0, field })
    this.#turnTo({ ...this.#look, field })
    if (there && at) this.#shift(this.#projection.place(there), at)
  }

  /** Move so that what is at one place comes to another. @param {import('./projection.js').Place} from @param {import('./projection.js').Place} to */
  #shift(from, to) {
    const { width, height } = this.#projection
    const middle = this.#projection.direction([width / 2 + from[0] - to[0], height / 2 + from[1] - to[1]])
    if (!middle) return
    const [ra, dec] = coordinates(middle)
    this.#turnTo({ ra, dec: this.#look.field >= 360 ? 0 : dec, field: this.#look.field })
  }

  #listen() {
    /** @type {import('./projection.js').Place | null} */
    let held = null
    let moved = 0
    const at = (/** @type {PointerEvent | WheelEvent} */ event) => /** @type {import('./projection.js').Place} */ ([event.offsetX, event.offsetY])
    this.#canvas.addEventListener('pointerdown', (event) => {
      held = at(event)
      moved = 0
      this.#canvas.setPointerCapture(event.pointerId)
    })
    this.#canvas.addEventListener('pointermove', (event) => {
      if (!held) return
      const here = at(event)
      moved += Math.hypot(here[0] - held[0], here[1] - held[1])
      if (moved < 4) return
      this.#shift(held, here)
      held = here
    })
    this.#canvas.addEventListener('pointerup', (event) => {
      if (held && moved < 4) this.#pick(at(event))
      held = null
    })
    this.#canvas.addEventListener('pointercancel', () => (held = null))
    this.#canvas.addEventListener('wheel', (event) => {
      // The wheel alone scrolls the page.
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      this.#zoom(Math.min(Math.max(1.0015 ** event.deltaY, 0.5), 2), at(event))
    }, { passive: false })
    this.#canvas.addEventListener('keydown', (event) => this.#key(event))
    this.#frame.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return
      this.#note.hidden = true
      this.#canvas.focus()
    })
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const { width, height } = this.#projection
    const steps = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] })
    const step = steps[event.key]
    if (step) this.#shift([0, 0], [step[0] * width / 10, step[1] * height / 10])
    else if (event.key === '+' || event.key === '=') this.#zoom(0.5)
    else if (event.key === '-') this.#zoom(2)
    else if (event.key === '0') this.#turnTo(WHOLE)
    else if (event.key === 'Enter') this.#pick([width / 2, height / 2])
    else return
    event.preventDefault()
  }

  /** Name what is at a place. @param {import('./projection.js').Place} place */
  #pick(place) {
    const near = this.#spots
      .map((spot) => ({ row: spot.row, away: apart(this.#projection.place(spot.at), place) }))
      .filter(({ away }) => away <= REACH)
      .sort((a, b) => a.away - b.away)
    const direction = this.#projection.direction(place)
    const around = direction ? this.#spots.filter(({ at, regions }) => dot(at, direction) > 0 && regions.some((region) => distance(direction, region) === 0)) : []
    const rows = [...new Set([...near, ...around].map(({ row }) => row))]
    this.#chosen = new Set(rows)
    this.#draw()
    if (rows.length === 0) this.#note.hidden = true
    else void this.#name(rows, place)
  }

  /** @param {number[]} rows @param {import('./projection.js').Place} place */
  async #name(rows, [left, top]) {
    const { catalogue, infos } = /** @type {Wanted} */ (this.#wanted)
    const named = rows.slice(0, NOTED)
    await catalogue.loadRows(['model_id', ...this.#outcomes.naming, ...TOLD.filter((name) => infos.has(name))], named)
    const items = named.map((row) => {
      const said = ['target_name', 'dataproduct_type'].map((name) => exact(catalogue, name, row)).filter(Boolean).join(', ')
      return h('li', {}, this.#link(row), h('span', {}, said), h('span', {}, `${this.#text('s_ra', row)}°, ${this.#text('s_dec', row)}°`))
    })
    const rest = rows.length > NOTED ? [h('p', {}, `and ${count(rows.length - NOTED)} more: enlarge`)] : []
    this.#note.replaceChildren(h('ul', {}, ...items), ...rest)
    this.#note.hidden = false
    const { width, height } = this.#projection
    const { offsetWidth: own, offsetHeight: tall } = this.#note
    this.#note.style.left = `${Math.max(4, Math.min(left + 14 + own > width ? left - own - 14 : left + 14, width - own - 4))}px`
    this.#note.style.top = `${Math.max(4, Math.min(top - tall / 2, height - tall - 4))}px`
    if (document.activeElement === this.#canvas) this.#note.querySelector('a')?.focus({ preventScroll: true })
  }
}

/** @param {import('./projection.js').Place} a @param {import('./projection.js').Place} b */
function apart(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}

/**
 * The rows that have a place.
 * @param {Readable} catalogue
 * @param {Uint32Array} rows
 * @returns {Spot[]}
 */
function spotsOf(catalogue, rows) {
  const [ras, decs, regions] = COLUMNS.map((name) => catalogue.column(name).values)
  /** @type {Spot[]} */
  const spots = []
  for (const row of rows) {
    const [ra, dec] = [Number(ras?.[row]), Number(decs?.[row])]
    if (Number.isFinite(ra) && Number.isFinite(dec)) spots.push({ row, at: vector(ra, dec), regions: regionsOf(String(regions?.[row] ?? '')) })
  }
  return spots
}

// The panel on a model's page that shows its observations out of the HDF5 file itself.

import { ChannelMap, placed } from './channelmap.js'
import { h } from '../page/dom.js'
import { ExploreControls } from './controls.js'
import { fragmentOf, lookingAt, notThere } from './state.js'
import { bytes, number } from '../page/format.js'
import { fileOf } from './modeldata.js'
import { pictureOf, spectraOf } from './mappicture.js'
import { Observed } from './observed.js'
import { withLibrary } from '../hdf5/library.js'
import { SpectrumPlot } from '../charts/spectrumplot.js'
import { explained } from './trouble.js'

/** Time that each channel is shown at least while playing [ms]. */
const FRAME = 140
/** More than this is fetched for a map only after a word from the reader [byte]. */
const ASK = 1_000_000
/** What a cube that byte offsets do not reach costs. */
const LIBRARY = 'this cube (the HDF5 library, 4.8 MB, and some parts of the file)'

/**
 * @typedef {import('./modeldata.js').ModelData} ModelData
 * @typedef {import('./state.js').Looking} Looking
 */

export class Explore {
  #model
  /** @type {Looking} */
  #looking
  /** @type {Map<string, Observed>} */
  #observed = new Map()
  #controls
  #plot
  #map
  #odd = h('p', { class: 'explore-odd', role: 'status' })
  #note = h('p', { class: 'explore-note', role: 'alert' })
  #ask = h('p', { class: 'explore-ask' })
  #moved = h('p', { class: 'explore-moved' })
  /** Number of what is being loaded; what comes too late is not shown. */
  #turn = 0
  #playing = false
  /** Brightest intensity of the channels seen, by observation [W m⁻² Hz⁻¹ sr⁻¹]. @type {Map<string, number>} */
  #brightest = new Map()

  /**
   * @param {ModelData} model
   * @param {string} fragment of the address, which may ask for something
   * @param {() => void} onfail what to do when nothing can be shown
   */
  constructor(model, fragment, onfail) {
    this.#model = model
    const asked = lookingAt(fragment)
    this.#odd.textContent = notThere(fragment, model.observations)
    this.#onfail = onfail
    const group = model.observations.find((one) => one.group === asked?.group)?.group ?? model.observations[0]?.group ?? ''
    this.#looking = { map: 'moment0', channel: null, pixel: null, unit: 'K', ...asked, group }
    this.#controls = new ExploreControls(model.observations, {
      group: (name) => this.#look({ group: name }),
      map: (map) => this.#look({ map }),
      unit: (unit) => this.#look({ unit }),
      channel: (channel) => this.#look({ channel, map: 'channel' }),
      play: () => this.#play(),
    })
    this.#plot = new SpectrumPlot({
      label: 'Spectrum; arrow keys move, Enter shows the map of that channel',
      onpick: (velocity) => void this.#toVelocity(velocity),
    })
    this.#map = new ChannelMap((pixel) => this.#look({ pixel }))
    const whole = h('button', { type: 'button', class: 'explore-whole', onclick: () => this.#look({ pixel: null }) }, 'Spectrum of the whole map')
    this.element = h('div', { class: 'explore' },
      this.#controls.element, this.#odd, this.#note,
      this.#panes, this.#moved)
    this.#panes.append(
      h('div', { class: 'explore-pane' }, this.#map.element, this.#ask, this.#controls.channels),
      h('div', { class: 'explore-pane' }, this.#plot.element, whole))
    this.#whole = whole
    this.#controls.show(this.#looking, 1, '', false)
    fileOf(model).onmove = () => this.#count()
    this.#count()
  }

  #whole
  #onfail
  #panes = h('div', { class: 'explore-panes', hidden: true })

  /** Load what the state asks for. */
  start() {
    return this.#load()
  }

  /** @param {Partial<Looking>} change */
  #look(change) {
    if (this.#playing && change.channel === undefined) this.#playing = false
    this.#looking = { ...this.#looking, ...change }
    this.#odd.textContent = ''
    history.replaceState(history.state, '', fragmentOf(this.#looking))
    return this.#load()
  }

  /** The observation looked at. */
  #now() {
    const { group } = this.#looking
    const data = this.#model.observations.find((one) => one.group === group)
    let observed = this.#observed.get(group)
    if (!observed && data) this.#observed.set(group, (observed = new Observed(this.#model, data)))
    if (!observed) throw new TypeError(`no observation ${group}`)
    return observed
  }

  async #load() {
    const turn = ++this.#turn
    const late = () => turn !== this.#turn
    this.#note.replaceChildren()
    this.element.setAttribute('aria-busy', 'true')
    try {
      await this.#show(this.#now(), late)
    } catch (error) {
      if (!late()) this.#complain(error)
    }
    if (!late()) this.element.removeAttribute('aria-busy')
  }

  /**
   * @param {Observed} observed
   * @param {() => boolean} late
   */
  async #show(observed, late) {
    const [velocity, flux] = await Promise.all([observed.small('velocity'), observed.small('spectrum')])
    if (late()) return
    this.#panes.hidden = false
    const channel = Math.min(this.#looking.channel ?? brightest(flux), velocity.length - 1)
    const { pixel } = this.#looking
    const inside = pixel && pixel.row < observed.rows && pixel.column < observed.columns ? pixel : null
    this.#looking = { ...this.#looking, channel, pixel: inside }
    const at = Number(velocity[channel])
    this.#controls.show(this.#looking, velocity.length, `${number(at)} km/s`, this.#playing)
    this.#plot.mark(this.#looking.map === 'channel' ? at : null)
    this.#map.pick(inside)
    this.#whole.hidden = !inside
    if (!inside) this.#plot.setSeries([{ label: observed.data.line, velocity, flux }], { x: 'Velocity (km/s)', y: 'Flux density (Jy)' })
    await Promise.all([this.#showMap(observed, velocity, channel, late), inside && this.#showPixel(observed, velocity, flux, inside, late)])
  }

  /**
   * @param {Observed} observed
   * @param {ArrayLike<number>} velocity
   * @param {number} channel
   * @param {() => boolean} late
   */
  async #showMap(observed, velocity, channel, late) {
    const { map, unit, group } = this.#looking
    const size = map === 'channel' ? observed.cube?.missingBytes(channel) ?? 0 : observed.data.datasets[map].nbytes
    const asks = size > ASK || (map === 'channel' && !observed.cube)
    if (asks && !this.#agreed.has(group)) return this.#offer(observed.cube || map !== 'channel' ? `this map (up to ${bytes(size)})` : LIBRARY)
    this.#ask.replaceChildren()
    const values = map === 'channel' ? await this.#cube(observed).channel(channel) : await observed.small(map)
    if (late()) return
    const least = map === 'channel' ? this.#brightestOf(group, values) : 0
    this.#map.show(pictureOf(observed, map, values, unit, Number(velocity[channel]), least))
  }

  /** Observations whose large maps the reader wants. @type {Set<string>} */
  #agreed = new Set()

  /**
   * Say what something costs before it is fetched.
   * @param {string} what with its cost
   */
  #offer(what) {
    const { group } = this.#looking
    const load = () => {
      this.#agreed.add(group)
      void this.#load()
    }
    this.#ask.replaceChildren(h('button', { type: 'button', onclick: load }, `Load ${what}`))
  }

  /**
   * @param {Observed} observed
   * @param {ArrayLike<number>} velocity
   * @param {ArrayLike<number>} flux
   * @param {import('./channelmap.js').Pixel} pixel
   * @param {() => boolean} late
   */
  async #showPixel(observed, velocity, flux, pixel, late) {
    const { unit, group } = this.#looking
    if (!observed.cube && !this.#agreed.has(group)) return this.#offer(LIBRARY)
    const intensity = await this.#cube(observed).spectrum(pixel.row, pixel.column)
    if (late()) return
    const lines = spectraOf(observed, velocity, [intensity, Array.from(flux, (value) => value * observed.meanOfJansky)], unit)
    this.#plot.setSeries([
      { label: `Pixel at ${placed(pixel, observed)}`, velocity, flux: lines.values[0] ?? [], style: 1 },
      { label: 'Mean of the map', velocity, flux: lines.values[1] ?? [], style: 0 },
    ], { x: 'Velocity (km/s)', y: lines.title })
  }

  /**
   * What reads the cube: byte offsets, or where they do not suffice the HDF5 library.
   * @param {Observed} observed
   */
  #cube(observed) {
    observed.cube ??= withLibrary(observed)
    return observed.cube
  }

  /**
   * @param {string} group
   * @param {ArrayLike<number>} values
   */
  #brightestOf(group, values) {
    let most = this.#brightest.get(group) ?? 0
    for (let i = 0; i < values.length; i++) if (Number(values[i]) > most) most = Number(values[i])
    this.#brightest.set(group, most)
    return most
  }

  /** @param {number} wanted [km/s] */
  async #toVelocity(wanted) {
    const velocity = Array.from(await this.#now().small('velocity'))
    const distances = velocity.map((value) => Math.abs(value - wanted))
    await this.#look({ channel: distances.indexOf(Math.min(...distances)), map: 'channel' })
  }

  async #play() {
    if (this.#playing) return void this.#look({ map: 'channel' })
    this.#playing = true
    while (this.#playing && this.element.isConnected && !document.hidden && this.#note.childElementCount === 0) {
      const next = ((this.#looking.channel ?? 0) + 1) % this.#now().channels
      const [mine] = [this.#turn + 1]
      await Promise.all([this.#look({ channel: next, map: 'channel' }), new Promise((done) => setTimeout(done, FRAME))])
      if (this.#turn !== mine || this.#ask.childElementCount > 0) break
    }
    this.#playing = false
    await this.#look({})
  }

  /** @param {unknown} error */
  #complain(error) {
    this.#playing = false
    const again = h('button', { type: 'button', onclick: () => void this.#load() }, 'Try again')
    this.#note.replaceChildren(h('span', {}, explained(error)), ' ', again)
    if (this.#panes.hidden) this.#onfail()
  }

  #count() {
    const { traffic, bytes: size } = fileOf(this.#model)
    this.#moved.textContent = `${traffic.requests} request${traffic.requests === 1 ? '' : 's'}, ${bytes(traffic.bytes)} read of a file of ${bytes(size)}`
  }
}

/** @param {ArrayLike<number>} flux */
function brightest(flux) {
  const values = Array.from(flux, (value) => (Number.isFinite(value) ? value : -Infinity))
  return Math.max(values.indexOf(Math.max(...values)), 0)
}

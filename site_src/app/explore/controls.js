// The controls of the panel on a model's page: line, view, what is mapped, unit, channel.

import { h } from '../page/dom.js'
import { viewOf } from './observed.js'

/**
 * @typedef {import('./modeldata.js').ObservationData} ObservationData
 * @typedef {import('./state.js').MapKind} MapKind
 * @typedef {import('./state.js').Looking} Looking
 *
 * @typedef {object} Wishes
 * @property {(group: string) => void} group
 * @property {(map: MapKind) => void} map
 * @property {(unit: 'K' | 'SI') => void} unit
 * @property {(channel: number) => void} channel
 * @property {() => void} play starts or stops
 */

/** @type {[MapKind, string][]} */
const MAPS = [
  ['moment0', 'Integrated intensity'], ['channel', 'Channel'], ['moment1', 'Mean velocity'], ['moment2', 'Velocity dispersion'],
]

export class ExploreControls {
  #line = h('select', { id: 'explore-line' })
  #view = h('select', { id: 'explore-view' })
  #map = h('select', { id: 'explore-map' })
  #unit = h('select', { id: 'explore-unit' })
  #slider = h('input', { type: 'range', id: 'explore-channel', min: 0, value: 0, step: 1 })
  #velocity = h('output', { for: 'explore-channel' })
  #play
  #observations

  /**
   * @param {ObservationData[]} observations
   * @param {Wishes} wishes
   */
  constructor(observations, wishes) {
    this.#observations = observations
    const step = (/** @type {number} */ by) => () => wishes.channel(Number(this.#slider.value) + by)
    const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ onclick) =>
      h('button', { type: 'button', 'aria-label': label, title: label, onclick }, text)
    this.#play = button('▶', 'Play the channels', wishes.play)
    this.#play.classList.add('explore-play')
    for (const [value, text] of MAPS) this.#map.append(h('option', { value }, text))
    this.#unit.append(h('option', { value: 'K' }, 'K'), h('option', { value: 'SI' }, 'W m⁻² Hz⁻¹ sr⁻¹'))
    for (const line of new Set(observations.map((one) => one.line))) this.#line.append(h('option', { value: line }, line))
    this.#line.addEventListener('change', () => wishes.group(this.#nearest()))
    this.#view.addEventListener('change', () => wishes.group(this.#view.value))
    this.#map.addEventListener('change', () => wishes.map(/** @type {MapKind} */ (this.#map.value)))
    this.#unit.addEventListener('change', () => wishes.unit(this.#unit.value === 'SI' ? 'SI' : 'K'))
    this.#slider.addEventListener('input', () => wishes.channel(Number(this.#slider.value)))
    this.element = h('div', { class: 'explore-controls' },
      field('Line', this.#line), field('View', this.#view), field('Map', this.#map), field('Intensity in', this.#unit))
    this.channels = h('div', { class: 'explore-channels', role: 'group', 'aria-label': 'Channel' },
      button('‹', 'Channel before', step(-1)), this.#play, button('›', 'Next channel', step(1)),
      h('label', { for: 'explore-channel' }, 'Channel'), this.#slider, this.#velocity)
  }

  /**
   * Show a state.
   * @param {Looking} looking
   * @param {number} channels
   * @param {string} velocity of the channel, in words
   * @param {boolean} playing
   */
  show({ group, map, channel, unit }, channels, velocity, playing) {
    const shown = this.#observations.find((one) => one.group === group)
    const views = this.#observations.filter((one) => one.line === shown?.line)
    this.#line.value = shown?.line ?? ''
    this.#view.replaceChildren(...views.map((one) => h('option', { value: one.group }, viewOf(one))))
    this.#view.value = group
    this.#map.value = map
    this.#unit.value = unit
    this.#slider.max = String(Math.max(channels - 1, 0))
    this.#slider.value = String(channel ?? 0)
    this.#slider.setAttribute('aria-valuetext', velocity)
    this.#velocity.textContent = velocity
    const label = playing ? 'Stop' : 'Play the channels'
    this.#play.textContent = playing ? '❚❚' : '▶'
    this.#play.setAttribute('aria-label', label)
    this.#play.title = label
  }

  /** Of the chosen line the observation in the direction looked from now. */
  #nearest() {
    const now = this.#observations.find((one) => one.group === this.#view.value)
    const same = this.#observations.filter((one) => one.line === this.#line.value)
    const found = same.find((one) => one.inclination === now?.inclination && one.azimuth === now?.azimuth) ?? same[0]
    return found?.group ?? ''
  }
}

/**
 * @param {string} text
 * @param {HTMLSelectElement} control
 */
function field(text, control) {
  return h('div', { class: 'explore-field' }, h('label', { for: control.id }, text), control)
}

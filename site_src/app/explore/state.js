// What the reader looks at on a model's page, as the fragment of its address.

/**
 * @typedef {'channel' | 'moment0' | 'moment1' | 'moment2'} MapKind
 * @typedef {object} Looking
 * @property {string} group
 * @property {MapKind} map
 * @property {number | null} channel
 * @property {{row: number, column: number} | null} pixel
 * @property {'K' | 'SI'} unit
 */

const MARK = '#explore:'
/** @type {MapKind[]} */
const MAPS = ['channel', 'moment0', 'moment1', 'moment2']

/**
 * @param {Looking} looking
 */
export function fragmentOf({ group, map, channel, pixel, unit }) {
  const parts = new URLSearchParams({ group, map })
  if (channel !== null) parts.set('channel', String(channel))
  if (pixel) parts.set('pixel', `${pixel.column}.${pixel.row}`)
  if (unit !== 'K') parts.set('unit', unit)
  return MARK + parts.toString()
}

/**
 * What a fragment asks for; null if it is not one of ours. All may be out of range.
 * @param {string} fragment
 * @returns {Looking | null}
 */
export function lookingAt(fragment) {
  if (!fragment.startsWith(MARK)) return null
  const parts = new URLSearchParams(fragment.slice(MARK.length))
  const map = MAPS.find((name) => name === parts.get('map')) ?? 'moment0'
  const [column, row] = /^(\d+)\.(\d+)$/.exec(parts.get('pixel') ?? '')?.slice(1).map(Number) ?? []
  const channel = /^\d+$/.test(parts.get('channel') ?? '') ? Number(parts.get('channel')) : null
  return {
    group: parts.get('group') ?? '', map, channel,
    pixel: row === undefined || column === undefined ? null : { row, column },
    unit: parts.get('unit') === 'SI' ? 'SI' : 'K',
  }
}

/**
 * What a fragment asks for that a model does not have, in words; '' if it has all of it.
 * @param {string} fragment
 * @param {Pick<import('./modeldata.js').ObservationData, 'group' | 'cube'>[]} observations
 */
export function notThere(fragment, observations) {
  if (!fragment.startsWith(MARK)) return ''
  const asked = lookingAt(fragment)
  const parts = new URLSearchParams(fragment.slice(MARK.length))
  const shown = observations.find(({ group }) => group === asked?.group)
  const [channels = Infinity, rows = Infinity, columns = Infinity] = shown?.cube?.shape ?? []
  const { channel = null, pixel = null } = asked ?? {}
  const has = {
    group: shown !== undefined,
    map: MAPS.some((name) => name === parts.get('map')),
    channel: channel !== null && channel < channels,
    pixel: pixel !== null && pixel.row < rows && pixel.column < columns,
    unit: ['K', 'SI'].includes(parts.get('unit') ?? ''),
  }
  const odd = Object.entries(has).filter(([name, there]) => parts.has(name) && !there)
  if (odd.length === 0) return ''
  return `The address asks for what is not here: ${odd.map(([name]) => `${name} “${parts.get(name)}”`).join(', ')}. Something else is shown.`
}

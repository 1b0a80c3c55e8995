// Words of headers, as portal.obscore.words gives them, and texts that mean something.

/**
 * @typedef {import('./cards.js').Cards} Cards
 * @typedef {[pattern: string, flags: string]} Pattern
 *
 * @typedef {object} Words
 * @property {Record<'camera' | 'counts' | 'kinds' | 'levels' | 'processed' | 'stack', string[]> & {inputs: Pattern}} calibration
 * @property {{fibre: Pattern, positions: [string, string][]} & Record<'interferometry' | 'measured' | 'photons' | 'rates' | 'spectral' | 'times' | 'visibilities', string[]>} columns
 * @property {import('./exposures.js').ExposureWords} durations
 * @property {Record<'kinds' | 'lamp_keys' | 'off' | 'sky' | 'types', string[]> & Record<'lamp' | 'lamp_begin', Pattern>} exposures
 * @property {Record<string, [number[], number[], number[]]>} frames
 * @property {{eso: Record<string, string>} & Record<'dispersers' | 'guiding' | 'modes' | 'sliced' | 'spectrographs' | 'spectroscopic' | 'techniques' | 'undispersed' | 'wheels', string[]>} kinds
 * @property {Record<string, string>} magritte
 * @property {Record<'blanks' | 'collections' | 'generic' | 'hubble' | 'instruments' | 'instruments_stated' | 'no_facility' | 'observations' | 'sites' | 'targets' | 'template', string[]> & Record<'aperture' | 'chip' | 'file' | 'maps' | 'named_telescope' | 'plate' | 'scan', Pattern>} names
 * @property {{equinoxes: Record<string, string[]>, farthest: number, hours: string[]} & Record<'pointings' | 'targets', [string, string][]>} pointing
 * @property {import('./times.js').TimeWords} times
 * @property {{auxiliary: string[], classes: Record<string, string>, extensions: string[], keywords: string[], names: Record<string, string>, scientific: string[], units: string[], words: Record<string, [string, boolean]>}} roles
 */

/** Words of a text in which underscores part them too, in small letters. @param {string | null} text @returns {string[]} */
export function wordsIn(text) {
  return (text ?? '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** @param {Pattern} pattern */
export function regex([pattern, flags]) {
  return new RegExp(pattern, flags)
}

/**
 * A text in single spaces; null where it stands for nothing.
 * @param {string | null} text
 * @param {string[]} blanks words that do
 */
export function saying(text, blanks) {
  const words = (text ?? '').replaceAll('\0', ' ').split(/\s+/).filter(Boolean).join(' ')
  const bare = words.replace(/^[ '"_*<>]+|[ '"_*<>]+$/g, '').toLowerCase()
  return bare === '' || blanks.includes(bare) ? null : words
}

/**
 * Why a product is not of the sky, such as OBSTYPE = ARC; null where nothing says so.
 * @param {Cards} cards
 * @param {Words} words
 */
export function notOfSky(cards, { exposures, names }) {
  const says = (/** @type {string} */ name) => saying(cards.text(name), names.blanks)
  for (const name of exposures.types) {
    const found = wordsIn(says(name))
    if (!found.some((word) => exposures.kinds.includes(word)) || found.some((word) => exposures.sky.includes(word))) continue
    // A frame type that was left from the last exposure: no lamp is lit and a star is named.
    if (found.some((word) => ['comp', 'comparison', 'arc', 'lamp'].includes(word)) && lampsOff(cards, exposures)) continue
    return `${name} = ${says(name)}`
  }
  const object = says('OBJECT')
  return object && isLamp(object, exposures) ? `OBJECT = ${object}` : null
}

/** @param {string} text @param {Words['exposures']} exposures */
export function isLamp(text, { lamp, lamp_begin: begin }) {
  return regex(lamp).test(text.trim()) || regex(begin).test(text)
}

/** @param {Cards} cards @param {Words['exposures']} exposures */
function lampsOff(cards, exposures) {
  const said = exposures.lamp_keys.map((name) => cards.text(name)?.toLowerCase()).filter((text) => text !== undefined)
  const named = ['OBJNAME', 'TARGNAME', 'TARGET'].some((name) => cards.text(name))
  return said.length > 0 && said.every((text) => exposures.off.includes(text)) && named
}

/**
 * Whether the header has all habits of Magritte's save_fits, which counts pixels from 0.
 * @param {Cards} cards
 * @param {number[]} shape
 * @param {Record<string, string>} habits
 */
export function byMagritte(cards, shape, habits) {
  if (Object.entries(habits).some(([name, text]) => cards.text(name) !== text)) return false
  return [0, 1, 2].every((axis) => cards.number(`CRPIX${axis + 1}`) === ((shape[axis] ?? NaN) - 1) / 2)
}

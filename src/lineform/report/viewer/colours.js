// Colour maps of even steps to the eye, which colour-blind readers tell apart too.

/** @typedef {'viridis' | 'cividis' | 'magma' | 'ember' | 'signed' | 'towards'} RampName */

/** @type {Record<RampName, string>} */
const STOPS = {
  viridis: '440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725',
  cividis: '00224e 083370 35456c 4f576c 666970 7d7c78 948e77 aea371 c8b866 e5cf52 fee838',
  magma: '000004 140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf',
  // Without the end that dark paper swallows.
  ember: '641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf',
  signed: '053061 2065ab 4393c3 90c4dd d1e5f0 f7f6f6 fddbc7 f3a481 d6604d b1182b 67001f',
  // Blue comes towards us, as on the pages of the models.
  towards: '67001f b1182b d6604d f3a481 fddbc7 f7f6f6 d1e5f0 90c4dd 4393c3 2065ab 053061',
}

export const RAMP_STEPS = 256

/** @type {Map<RampName, Uint8Array>} */
const ramps = new Map()

/**
 * The colours of a map from end to end, three bytes each.
 * @param {RampName} name
 */
export function ramp(name) {
  let colours = ramps.get(name)
  if (!colours) {
    const stops = STOPS[name].split(' ').map((hex) => Number.parseInt(hex, 16))
    colours = new Uint8Array(3 * RAMP_STEPS)
    for (let i = 0; i < RAMP_STEPS; i++) {
      const place = (i / (RAMP_STEPS - 1)) * (stops.length - 1)
      const below = Math.min(Math.floor(place), stops.length - 2)
      for (let part = 0; part < 3; part++) {
        const shift = 16 - 8 * part
        const a = (/** @type {number} */ (stops[below]) >> shift) & 255
        const b = (/** @type {number} */ (stops[below + 1]) >> shift) & 255
        colours[3 * i + part] = Math.round(a + (b - a) * (place - below))
      }
    }
    ramps.set(name, colours)
  }
  return colours
}

/** @type {Map<string, Uint32Array>} */
const tables = new Map()

/**
 * The colour of every code of an array, as pixels of a canvas; that of no value is clear.
 * @param {RampName} name
 * @param {number} most largest code
 */
export function pixelTable(name, most) {
  const key = `${name} ${most}`
  let table = tables.get(key)
  if (!table) {
    const colours = ramp(name)
    table = new Uint32Array(most + 1)
    const bytes = new Uint8Array(table.buffer)
    for (let code = 1; code <= most; code++) {
      const place = Math.round(((code - 1) / (most - 1)) * (RAMP_STEPS - 1))
      bytes.set(colours.subarray(3 * place, 3 * place + 3), 4 * code)
      bytes[4 * code + 3] = 255
    }
    tables.set(key, table)
  }
  return table
}

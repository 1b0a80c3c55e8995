// Arrays that came as text: whole numbers with a scale, deflated, in base64.

/**
 * @typedef {{ shape: number[], bits: number, low: number, high: number, logarithmic: boolean,
 *   data: string }} Quantised
 * @typedef {{ shape: number[], most: number, low: number, high: number, logarithmic: boolean,
 *   codes: Uint8Array | Uint16Array }} Unpacked
 */

/**
 * The codes of an array; 0 stands for no value.
 * @param {Quantised} packed
 * @returns {Promise<Unpacked>}
 */
export async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed.data), (letter) => letter.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))
  const plain = await new Response(stream).arrayBuffer()
  const codes = packed.bits === 16 ? new Uint16Array(plain) : new Uint8Array(plain)
  const { shape, low, high, logarithmic } = packed
  return { shape, most: 2 ** packed.bits - 1, low, high, logarithmic, codes }
}

/**
 * The value that a code stands for.
 * @param {Unpacked} array
 * @param {number} code
 */
export function valueOf(array, code) {
  return code === 0 ? Number.NaN : valueAt(array, (code - 1) / (array.most - 1))
}

/**
 * The value at a share of the way along the scale of an array.
 * @param {{ low: number, high: number, logarithmic: boolean }} scale
 * @param {number} share
 */
export function valueAt({ low, high, logarithmic }, share) {
  return logarithmic ? low * (high / low) ** share : low + (high - low) * share
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/**
 * A number to three digits, with a power of ten where it is very large or small.
 * @param {number} value
 */
export function written(value) {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const [digits = '', power = '0'] = value.toExponential(2).split('e')
  const exponent = Number(power)
  if (exponent >= -3 && exponent < 5) {
    return Number(value.toPrecision(3)).toString().replace('-', '−')
  }
  const raised = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)])
  return `${digits} × 10${exponent < 0 ? '⁻' : ''}${raised.join('')}`.replace('-', '−')
}

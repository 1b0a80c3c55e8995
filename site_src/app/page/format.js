// Numbers as people read them.

const SUPERSCRIPT = /** @type {Record<string, string>} */ ({
  '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹',
})
const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
const COUNT = new Intl.NumberFormat('en-GB')

/**
 * A count with separators between the thousands.
 * @param {number} value
 */
export function count(value) {
  return COUNT.format(value)
}

/**
 * A number with at most `digits` significant ones, in powers of ten where it is very
 * large or small; an en dash for a missing one.
 * @param {number} value
 * @param {number} [digits]
 */
export function number(value, digits = 4) {
  if (Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e6)) {
    const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(digits))
    return String(rounded).replace('-', '−')
  }
  const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e')
  return `${Number(mantissa)} × ${powerOfTen(Number(exponent))}`.replace(/^-/, '−')
}

/**
 * Ten to a whole power, as in 10⁻⁷.
 * @param {number} exponent
 */
export function powerOfTen(exponent) {
  return `10${String(exponent).replace(/./g, (char) => SUPERSCRIPT[char] ?? char)}`
}

/**
 * A size in bytes with a decimal prefix.
 * @param {number} value
 */
export function bytes(value) {
  if (Number.isNaN(value)) return '–'
  const step = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), BYTES.length - 1)
  const scaled = value / 1000 ** step
  return `${step === 0 ? scaled : scaled.toPrecision(3)} ${BYTES[step]}`
}

/**
 * The shortest text that gives the number again, as in 1e-7; for fields and addresses.
 * @param {number} value
 */
export function short(value) {
  const plain = String(value)
  const power = value.toExponential().replace('e+', 'e')
  return power.length < plain.length ? power : plain
}

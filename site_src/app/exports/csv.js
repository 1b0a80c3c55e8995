// The rows as CSV, to the byte as the portal's command line writes it.

/** Arrow writes numbers from here on with an exponent. */
const LARGE = 1e10
const FLOAT32_DIGITS = 9

/** @type {import('./formats.js').Format} */
export const csv = {
  name: 'csv',
  label: 'CSV',
  note: 'lists are joined by semicolons',
  filename: 'rows.csv',
  type: 'text/csv',
  async *write(source) {
    yield* lines(source.rows())
  },
}

/**
 * @param {AsyncIterable<import('../data/rows.js').Block>} blocks
 */
export async function* lines(blocks) {
  let first = true
  for await (const { columns, values, length } of blocks) {
    if (first) yield `${columns.map(({ name }) => text(name)).join(',')}\n`
    first = false
    let block = ''
    for (let row = 0; row < length; row++) {
      block += `${columns.map(({ type }, at) => cell(values[at]?.[row], type)).join(',')}\n`
    }
    yield block
  }
}

/** @param {unknown} value @param {string} type */
function cell(value, type) {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return text([.../** @type {any} */ (value)].join(';'))
  if (type === 'string') return text(String(value))
  if (typeof value !== 'number') return String(value)
  return type === 'float32' ? shortest(value) : float(value)
}

/** @param {string} value */
function text(value) {
  return `"${value.replaceAll('"', '""')}"`
}

/** @param {number} value */
export function float(value) {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0'
  return Math.abs(value) >= LARGE ? value.toExponential() : String(value)
}

/**
 * The shortest number that is the same in single precision.
 * @param {number} value
 */
function shortest(value) {
  for (let digits = 1; digits < FLOAT32_DIGITS; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (Math.fround(rounded) === value) return float(rounded)
  }
  return float(Number(value.toPrecision(FLOAT32_DIGITS)))
}

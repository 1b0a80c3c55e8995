// Units in queries, as portal.catalog.quantity has them: exact fractions, rounded once.

import { WHITE } from './tokens.js'
import { BINARY, LONE, PREFIXED, PREFIXES, REFUSED } from './symbols.js'

/**
 * @typedef {{over: bigint, under: bigint}} Fraction  with `under` above 0
 * @typedef {{size: Fraction, powers: Map<string, number>}} Unit  size, and the power of each basic unit
 */

const ONE = /** @type {Fraction} */ ({ over: 1n, under: 1n })
const LONGEST = 100
const HIGHEST = 20
const FACTOR = /^([A-Za-zµμ]+)(?:(?:\^|\*\*)?([-+]?[0-9]+))?$/u
const JOINT = new RegExp(`${WHITE}*(?:\\.|(?<!\\*)\\*(?!\\*))${WHITE}*|${WHITE}+`, 'u')
const SLASH = new RegExp(`${WHITE}*/${WHITE}*`, 'u')
const OUTSIDE = new RegExp(`^${WHITE}+|${WHITE}+$`, 'gu')
// More than any double needs; what is cut off leaves a trace.
const DIGITS = 40

/**
 * Whether a unit is made of symbols of the tables.
 * @param {string} unit
 */
export function understood(unit) {
  return parsed(unit) !== null
}

/**
 * Number of `to` in one `unit`, exactly; null where they differ in dimension. Both must be
 * understood, or be written alike.
 * @param {string} unit
 * @param {string} to
 */
export function ratio(unit, to) {
  if (unit === to) return ONE
  const one = parsed(unit)
  const other = parsed(to)
  if (!one || !other || one.powers.size !== other.powers.size) return null
  for (const [basic, power] of one.powers) if (other.powers.get(basic) !== power) return null
  return times(one.size, power(other.size, -1))
}

/**
 * A value, as its shortest decimal form says it, times a fraction, rounded once.
 * @param {number} value
 * @param {Fraction} by
 */
export function converted(value, by) {
  if (!Number.isFinite(value)) return value
  const { over, under } = times(fraction(String(value)), by)
  const size = over < 0n ? -over : over
  const shift = DIGITS - (String(size).length - String(under).length)
  const [top, bottom] = shift > 0 ? [size * 10n ** BigInt(shift), under] : [size, under * 10n ** BigInt(-shift)]
  const trace = top % bottom === 0n ? '0' : '1'
  return Number(`${over < 0n ? '-' : ''}${top / bottom}${trace}e${-shift - 1}`)
}

/**
 * @param {string} text a decimal number
 * @returns {Fraction}
 */
function fraction(text) {
  const [, sign = '', whole = '0', part = '', exponent = '0'] =
    /^([-+]?)([0-9]*)\.?([0-9]*)(?:e([-+]?[0-9]+))?$/.exec(text) ?? []
  const digits = BigInt(whole + part) * (sign === '-' ? -1n : 1n)
  const shift = Number(exponent) - part.length
  return times({ over: digits, under: 1n }, power({ over: 10n, under: 1n }, shift))
}

/**
 * @param {Fraction} one
 * @param {Fraction} other
 * @returns {Fraction}
 */
function times(one, other) {
  return { over: one.over * other.over, under: one.under * other.under }
}

/**
 * @param {Fraction} base above 0
 * @param {number} exponent
 * @returns {Fraction}
 */
function power({ over, under }, exponent) {
  const size = BigInt(Math.abs(exponent))
  return exponent < 0 ? { over: under ** size, under: over ** size } : { over: over ** size, under: under ** size }
}

/**
 * @param {string} given
 * @returns {Unit | null}
 */
function parsed(given) {
  const text = given.replace(OUTSIDE, '')
  if (text === '' || text === '1') return { size: ONE, powers: new Map() }
  const [above = '', ...below] = text.split(SLASH)
  const factors = below.map((part) => part.split(JOINT))
  // What a/b.c/d divides by is anybody's guess.
  if (text.length > LONGEST || (factors.length > 1 && factors.some((part) => part.length > 1))) return null
  return product([
    ...above.split(JOINT).map((word) => factor(word, 1)),
    ...factors.flat().map((word) => factor(word, -1)),
  ])
}

/**
 * All factors in one; null if one is.
 * @param {(Unit | null)[]} factors
 * @returns {Unit | null}
 */
function product(factors) {
  let size = ONE
  const powers = new Map()
  for (const one of factors) {
    if (!one) return null
    size = times(size, one.size)
    for (const [basic, exponent] of one.powers) powers.set(basic, (powers.get(basic) ?? 0) + exponent)
  }
  for (const [basic, exponent] of powers) if (exponent === 0) powers.delete(basic)
  return { size, powers }
}

/**
 * One symbol with its power, which `sign` may turn round.
 * @param {string} word
 * @param {number} sign
 * @returns {Unit | null}
 */
function factor(word, sign) {
  const [, name = '', exponent = '1'] = FACTOR.exec(word) ?? []
  const unit = symbol(name)
  const by = sign * Number(exponent)
  if (!unit || Math.abs(by) > HIGHEST) return null
  const powers = [...unit.powers].map(([basic, one]) => /** @type {[string, number]} */ ([basic, one * by]))
  return { size: power(unit.size, by), powers: new Map(powers) }
}

/**
 * @param {string} name
 * @returns {Unit | null}
 */
function symbol(name) {
  if (REFUSED.includes(name)) return null
  const definition = LONE.get(name) ?? PREFIXED.get(name)
  if (definition) return defined(name, definition)
  for (const [prefix, exponent] of PREFIXES) {
    const rest = name.slice(prefix.length)
    if (name.startsWith(prefix) && PREFIXED.has(rest)) return scaled(power({ over: 10n, under: 1n }, exponent), rest)
  }
  const exponent = BINARY.get(name.slice(0, 2))
  if (exponent && ['bit', 'byte', 'B'].includes(name.slice(2))) {
    return scaled({ over: 2n ** BigInt(exponent), under: 1n }, name.slice(2))
  }
  return null
}

/**
 * @param {Fraction} by
 * @param {string} name
 */
function scaled(by, name) {
  const unit = symbol(name)
  return unit && { size: times(unit.size, by), powers: unit.powers }
}

/**
 * What an entry of the tables says: a number, where it is not 1, and other symbols.
 * @param {string} name
 * @param {string} definition
 * @returns {Unit | null}
 */
function defined(name, definition) {
  if (name === definition) return { size: ONE, powers: new Map([[name, 1]]) }
  const [number, symbols = ''] = definition.includes(' ') ? definition.split(' ') : ['1', definition]
  const unit = product(symbols.split('.').map((word) => factor(word, 1)))
  return unit && { size: times(unit.size, fraction(number ?? '1')), powers: unit.powers }
}

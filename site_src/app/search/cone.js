// A position to search around, as people type it: coordinates, or the name of a target, and a radius.

import { lower } from '../query/lower.js'

/** Radius where none is given, in degrees: one minute of arc. */
const USUAL = 1 / 60
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const RADIUS = /^(.*?\S)[\s,]+([\d.]+(?:e[+-]?\d+)?)\s*(deg(?:rees?)?|°|arcmin|amin|['′]|arcsec|asec|["″]|'')$/i
/** Parts of a degree, by the beginning of a unit. */
const UNITS = /** @type {[RegExp, number][]} */ ([
  [/^(deg|°)/i, 1], [/^(arcmin|amin|['′]$)/i, 60], [/^(arcsec|asec|["″]|'')/i, 3600],
])

/**
 * @typedef {{ra: number, dec: number}} Direction in degrees
 * @typedef {{target: string, at: Direction | null, radius: number}} Cone
 *   at is null where a target has to be looked up; the radius is in degrees
 */

/**
 * The search that a text asks for; null for one that asks for none.
 * @param {string} text
 * @returns {Cone | null}
 */
export function coneOf(text) {
  const plain = text.trim().replaceAll('−', '-')
  const [, before = plain, size = '', unit = ''] = RADIUS.exec(plain) ?? []
  const parts = UNITS.find(([like]) => like.test(unit))?.[1] ?? 1
  const given = size === '' ? null : Number(size) / parts
  if (given !== null && !(given >= 0 && given <= 180)) return null
  const words = before.split(/[\s,;]+/).filter(Boolean)
  const coordinates = words.length > 1 && words.every((word) => NUMBER.test(word) || sexagesimal(word) !== null)
  // No name begins with two numbers and a point: they are coordinates, and what follows is not known.
  const begun = words.length > 2 && words.slice(0, 2).every((word) => NUMBER.test(word)) && words.slice(0, 2).join('').includes('.')
  if (!coordinates) return begun ? null : named(before, given ?? USUAL)
  // Without a unit a third number is a radius in degrees.
  const bare = given === null && words.length % 2 === 1 ? Number(words.pop()) : null
  if (bare !== null && !(bare >= 0 && bare <= 180)) return null
  const at = direction(words)
  return at && { target: '', at, radius: given ?? bare ?? USUAL }
}

/** @param {string} target @param {number} radius @returns {Cone | null} */
function named(target, radius) {
  return keyOf(target) ? { target, at: null, radius } : null
}

/**
 * What two spellings of the name of a target have in common.
 * @param {string} target
 */
export function keyOf(target) {
  return lower(target).replace(/[\s_-]+/g, '')
}

/** @param {string[]} words @returns {Direction | null} */
function direction(words) {
  const half = words.length / 2
  if (half !== 1 && half !== 2 && half !== 3) return null
  const [first, second] = [words.slice(0, half), words.slice(half)]
  const hours = half > 1 || /[h:]/i.test(first[0] ?? '')
  const ra = angle(first) * (hours ? 15 : 1)
  const dec = angle(second)
  return ra >= 0 && ra <= 360 && Math.abs(dec) <= 90 ? { ra: ra % 360, dec } : null
}

/** @param {string[]} words one of them, or two or three for whole ones, minutes and seconds */
function angle(words) {
  if (words.length === 1) return sexagesimal(words[0] ?? '') ?? Number(words[0])
  return sexagesimal(words.join(':')) ?? NaN
}

/**
 * The number that 12:30:36, 12h30m36s or -62d04m37s stands for; null for what is none of them.
 * @param {string} word
 */
function sexagesimal(word) {
  const parts = /^([+-]?)(\d+)[:hd°](\d+)(?:[:m'′](?:(\d+\.?\d*)[s"″]?)?)?$/i.exec(word)
  if (!parts) return null
  const [, sign = '', whole = '', minutes = '', seconds = ''] = parts
  if (Number(minutes) >= 60 || Number(seconds) >= 60) return NaN
  const size = Number(whole) + Number(minutes) / 60 + Number(seconds) / 3600
  return sign === '-' ? -size : size
}

// Names that look like a mistyped one: difflib.get_close_matches of Python, so that every
// program offers the same.

import { lower } from './lower.js'

const MOST = 3
const CUTOFF = 0.5

/**
 * The names most like `word`, best first, whatever the case of their ASCII letters.
 * @param {string} word
 * @param {string[]} names
 */
export function near(word, names) {
  const wanted = lower(word)
  const sorted = [...names].sort(compareTexts)
  const same = sorted.filter((name) => lower(name) === wanted)
  const found = close(wanted, new Set(sorted.map(lower))).flatMap((small) => sorted.filter((name) => lower(name) === small))
  return (same.length > 0 ? same : found).slice(0, MOST)
}

/**
 * @param {string} word
 * @param {Iterable<string>} names
 */
function close(word, names) {
  const scored = Array.from(names, (name) => ({ name, score: likeness(Array.from(name), Array.from(word)) }))
  return scored
    .filter(({ score }) => score >= CUTOFF)
    .sort((a, b) => b.score - a.score || compareTexts(b.name, a.name))
    .slice(0, MOST)
    .map(({ name }) => name)
}

/**
 * Order of two texts by their code points, as everywhere outside of JavaScript.
 * @param {string} a
 * @param {string} b
 */
export function compareTexts(a, b) {
  const end = Math.min(a.length, b.length)
  for (let i = 0; i < end; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (one !== other) return rank(one) - rank(other)
  }
  return a.length - b.length
}

/**
 * Halves of a pair stand for characters beyond all others.
 * @param {number} unit of UTF-16
 */
function rank(unit) {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}

/**
 * Twice the number of matching characters over the number of all.
 * @param {string[]} a
 * @param {string[]} b
 */
function likeness(a, b) {
  const length = a.length + b.length
  return length === 0 ? 1 : (2 * matching(a, b)) / length
}

/**
 * Characters in the longest common part and, left and right of it, in the next ones.
 * @param {string[]} a
 * @param {string[]} b
 * @returns {number}
 */
function matching(a, b) {
  let [inA, inB, size] = [0, 0, 0]
  let lengths = new Map()
  for (const [i, char] of a.entries()) {
    const longer = new Map()
    for (const [j, other] of b.entries()) {
      if (char !== other) continue
      const length = (lengths.get(j - 1) ?? 0) + 1
      longer.set(j, length)
      if (length > size) [inA, inB, size] = [i - length + 1, j - length + 1, length]
    }
    lengths = longer
  }
  if (size === 0) return 0
  return matching(a.slice(0, inA), b.slice(0, inB)) + size + matching(a.slice(inA + size), b.slice(inB + size))
}

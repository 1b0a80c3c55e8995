// Names that look like a mistyped one: difflib.get_close_matches of Python, so that every
// program offers the same.

const MOST = 3
const CUTOFF = 0.5

/**
 * The names most like `word`, best first.
 * @param {string} word
 * @param {string[]} names
 */
export function near(word, names) {
  const scored = names.map((name) => ({ name, score: likeness(Array.from(name), Array.from(word)) }))
  const close = scored.filter(({ score }) => score >= CUTOFF)
  return close
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
  return length === 0 ? 1 : (2 * matching(a, b, 0, a.length, 0, b.length)) / length
}

/**
 * Characters in the longest common part and, left and right of it, in the next ones.
 * @param {string[]} a
 * @param {string[]} b
 * @param {number} aLow
 * @param {number} aHigh
 * @param {number} bLow
 * @param {number} bHigh
 * @returns {number}
 */
function matching(a, b, aLow, aHigh, bLow, bHigh) {
  let [aBest, bBest, size] = [aLow, bLow, 0]
  let lengths = new Map()
  for (let i = aLow; i < aHigh; i++) {
    const longer = new Map()
    for (let j = bLow; j < bHigh; j++) {
      if (a[i] !== b[j]) continue
      const length = (lengths.get(j - 1) ?? 0) + 1
      longer.set(j, length)
      if (length > size) [aBest, bBest, size] = [i - length + 1, j - length + 1, length]
    }
    lengths = longer
  }
  if (size === 0) return 0
  const left = matching(a, b, aLow, aBest, bLow, bBest)
  return left + size + matching(a, b, aBest + size, aHigh, bBest + size, bHigh)
}

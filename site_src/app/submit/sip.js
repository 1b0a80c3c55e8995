// Distortions as polynomials of pixels: SIP.

/** @typedef {import('./cards.js').Cards} Cards */

/**
 * The polynomials of a header; null for none.
 * @param {Cards} cards
 * @param {[number, number]} axes
 * @returns {{at: (u: number, v: number) => [number, number]} | {reason: string} | null}
 */
export function sipOf(cards, axes) {
  if (axes[0] !== 1 || axes[1] !== 2 || !['A_ORDER', 'B_ORDER'].some((name) => cards.has(name))) return null
  const orders = ['A_ORDER', 'B_ORDER'].map((name) => cards.number(name))
  // Without both of them there is none.
  if (orders.some((order) => order === null || order < 0 || order > 9 || order % 1 !== 0)) return null
  const [a, b] = ['A', 'B'].map((head, at) => termsOf(cards, head, orders[at] ?? 0))
  return { at: (u, v) => [u + sum(a, u, v), v + sum(b, u, v)] }
}

/**
 * @param {Cards} cards
 * @param {string} head
 * @param {number} order
 */
function termsOf(cards, head, order) {
  /** @type {[p: number, q: number, value: number][]} */
  const terms = []
  for (let p = 0; p <= order; p++) {
    for (let q = 0; q <= order - p; q++) {
      const value = cards.number(`${head}_${p}_${q}`)
      if (value) terms.push([p, q, value])
    }
  }
  return terms
}

/**
 * @param {[number, number, number][] | undefined} terms
 * @param {number} u
 * @param {number} v
 */
function sum(terms, u, v) {
  return (terms ?? []).reduce((total, [p, q, value]) => total + value * u ** p * v ** q, 0)
}

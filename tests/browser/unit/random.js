// Numbers that look random and are the same in every run (the generator mulberry32).

/** @param {number} seed */
export function random(seed) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (/** @type {number} */ end) => Math.floor(next() * end)
  const pick = (/** @type {any} */ list) => list[below(list.length)]
  return { next, below, pick }
}

// Wavelengths that are those of another row, but for the refraction of air: the twin of portal.lint._air.

/**
 * @typedef {{shortest: number, longest: number, same: number}} Air [m], and a part of the wavelength
 * @typedef {{group: string, low: number, high: number}} Band limits [m] of a product of an observation
 */

/**
 * Which bands, taken as air, are in vacuum another of the same observation.
 * @param {Band[]} bands
 * @param {Air} air
 * @returns {boolean[]}
 */
export function inAir(bands, { shortest, longest, same }) {
  const inside = (/** @type {Band} */ { group, low, high }) => group !== '' && [low, high].every((wave) => wave > shortest && wave < longest)
  // Those of nearly one limit stand in one drawer or in two beside each other.
  const drawer = (/** @type {number} */ wave) => Math.floor(Math.log(wave) / same)
  /** @type {Map<string, Band[]>} */
  const drawers = new Map()
  for (const one of bands.filter(inside)) {
    const key = `${drawer(one.low)} ${one.group}`
    const held = drawers.get(key)
    if (held) held.push(one)
    else drawers.set(key, [one])
  }
  const near = (/** @type {number} */ one, /** @type {number} */ other) => Math.abs(Math.log(one) - Math.log(other)) < same
  return bands.map((one) => {
    if (!inside(one)) return false
    const [low, high] = [vacuum(one.low), vacuum(one.high)]
    const others = [-1, 0, 1].flatMap((beside) => drawers.get(`${drawer(low) + beside} ${one.group}`) ?? [])
    return others.some((other) => near(low, other.low) && near(high, other.high))
  })
}

/** The wavelength in vacuum [m] of one above 200 nm in air (Ciddor 1996, equation 1). @param {number} air */
function vacuum(air) {
  const index = (/** @type {number} */ wave) => {
    const squared = (1e-6 / wave) ** 2
    return 1 + 0.05792105 / (238.0185 - squared) + 0.00167917 / (57.362 - squared)
  }
  // The index belongs to the vacuum wavelength; once more leaves less than 1e-12.
  return air * index(air * index(air))
}

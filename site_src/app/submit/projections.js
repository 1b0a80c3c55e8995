// Projections of FITS WCS (Calabretta & Greisen 2002), from the plane to the sphere.

const RADIAN = 180 / Math.PI
/** What rounding may add beyond the edge of the sphere. */
const SLACK = 1e-10

/**
 * @typedef {[phi: number, theta: number]} Native native longitude and latitude [deg]
 *
 * @typedef {object} Projection
 * @property {number} theta native latitude of the reference point [deg]
 * @property {(x: number, y: number, given: Given) => Native | null} sphere from the plane [deg]; null for no place
 *
 * @typedef {{pv: number[], dec: number}} Given parameters of the latitude axis, and latitude of the reference point [deg]
 */

/** @param {(distance: number) => number} latitude [deg] of a distance [deg] from the pole @returns {Projection} */
function zenithal(latitude) {
  return {
    theta: 90,
    sphere: (x, y) => [x === 0 && y === 0 ? 0 : Math.atan2(x, -y) * RADIAN, latitude(Math.hypot(x, y))],
  }
}

/** @param {(x: number, y: number, given: Given) => Native | null} sphere @returns {Projection} */
function cylindrical(sphere) {
  return { theta: 0, sphere }
}

/** The parameters of a slant orthographic projection. @param {Given} given */
const slant = ({ pv }) => /** @type {[number, number]} */ ([pv[1] ?? 0, pv[2] ?? 0])

/** @type {Record<string, Projection>} */
export const PROJECTIONS = {
  TAN: zenithal((away) => Math.atan2(RADIAN, away) * RADIAN),
  STG: zenithal((away) => 90 - 2 * Math.atan(away / RADIAN / 2) * RADIAN),
  ARC: zenithal((away) => 90 - away),
  ZEA: zenithal((away) => 90 - 2 * arcsine(away / RADIAN / 2)),
  SIN: { theta: 90, sphere: (x, y, given) => orthographic(x, y, slant(given)) },
  NCP: { theta: 90, sphere: (x, y, { dec }) => orthographic(x, y, [0, 1 / Math.tan(dec / RADIAN)]) },
  CAR: cylindrical((x, y) => [x, y]),
  CEA: cylindrical((x, y, { pv }) => [x, arcsine((y * (pv[1] ?? 1)) / RADIAN)]),
  MER: cylindrical((x, y) => [x, 2 * Math.atan(Math.exp(y / RADIAN)) * RADIAN - 90]),
  SFL: cylindrical((x, y) => sinusoidal(x, y)),
  // The reference point moves the map as a whole: the latitude is that of the sky.
  GLS: cylindrical((x, y, { dec }) => sinusoidal(x, y + dec)),
  PAR: cylindrical((x, y) => (Math.abs(y) > 90 ? null : [x / (1 - 4 * (y / 180) ** 2), 3 * arcsine(y / 180)])),
  AIT: cylindrical(aitoff),
  MOL: cylindrical(mollweide),
}

/** [deg] @param {number} value */
function arcsine(value) {
  return Math.abs(value) > 1 && Math.abs(value) < 1 + SLACK ? Math.sign(value) * 90 : Math.asin(value) * RADIAN
}

/** @param {number} x @param {number} y @returns {Native | null} */
function sinusoidal(x, y) {
  if (Math.abs(y) > 90) return null
  const cosine = Math.cos(y / RADIAN)
  return [cosine === 0 ? 0 : x / cosine, y]
}

/**
 * Equations 38 to 44 of Paper II; of the two places the one nearer the pole.
 * @param {number} x
 * @param {number} y
 * @param {[number, number]} slants
 * @returns {Native | null}
 */
function orthographic(x, y, [xi, eta]) {
  const [u, v] = [x / RADIAN, y / RADIAN]
  const a = xi ** 2 + eta ** 2 + 1
  const b = xi * (u - xi) + eta * (v - eta)
  const c = (u - xi) ** 2 + (v - eta) ** 2 - 1
  const square = b ** 2 - a * c
  if (square < 0) return null
  const sine = Math.min((-b + Math.sqrt(square)) / a, 1)
  const [east, north] = [u - xi * (1 - sine), v - eta * (1 - sine)]
  // Near the pole the angle from its distance: there a sine says little.
  const theta = Math.atan2(sine, Math.hypot(east, north)) * RADIAN
  return [east === 0 && north === 0 ? 0 : Math.atan2(east, -north) * RADIAN, theta]
}

/** @param {number} x @param {number} y @returns {Native | null} */
function aitoff(x, y) {
  const square = 1 - (x / RADIAN / 4) ** 2 - (y / RADIAN / 2) ** 2
  if (square < 0.5 - SLACK) return null
  const z = Math.sqrt(square)
  return [2 * Math.atan2((x / RADIAN) * (z / 2), 2 * square - 1) * RADIAN, arcsine((y / RADIAN) * z)]
}

/** @param {number} x @param {number} y @returns {Native | null} */
function mollweide(x, y) {
  const half = 2 - (y / RADIAN) ** 2
  if (half < -SLACK) return null
  const width = Math.sqrt(Math.max(half, 0))
  const phi = width === 0 ? 0 : (Math.PI * x) / (2 * width)
  const sine = Math.asin(Math.min(Math.max(y / RADIAN / Math.SQRT2, -1), 1)) / (Math.PI / 2) + (y / 180) * width
  return [phi, arcsine(sine)]
}

/**
 * The pole of the native coordinates; null where the poles that the header gives leave it open.
 * @param {number} ra of the reference point [deg]
 * @param {number} dec
 * @param {number} theta its native latitude
 * @param {number | null} longitude LONPOLE
 * @param {number | null} latitude LATPOLE
 * @returns {{ra: number, dec: number, longitude: number} | null}
 */
export function poleOf(ra, dec, theta, longitude, latitude) {
  const turn = longitude ?? (dec >= theta ? 0 : 180)
  if (theta === 90) return { ra, dec, longitude: turn }
  const [cosine, sine] = [Math.cos(turn / RADIAN), Math.sin(turn / RADIAN)]
  const [t, d] = [theta / RADIAN, dec / RADIAN]
  const reach = Math.sqrt(1 - (Math.cos(t) * sine) ** 2)
  if (reach < SLACK || Math.abs(Math.sin(d) / reach) > 1 + SLACK) return null
  const middle = Math.atan2(Math.sin(t), Math.cos(t) * cosine) * RADIAN
  const away = Math.acos(Math.min(Math.max(Math.sin(d) / reach, -1), 1)) * RADIAN
  const held = [middle + away, middle - away].map((one) => (one > 180 ? one - 360 : one < -180 ? one + 360 : one)).filter((one) => Math.abs(one) <= 90 + SLACK)
  const wanted = latitude ?? 90
  const pole = held.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0]
  if (pole === undefined) return null
  return { ra: poleLongitude(ra, dec, t, turn, pole), dec: pole, longitude: turn }
}

/**
 * @param {number} ra
 * @param {number} dec
 * @param {number} t native latitude of the reference point [rad]
 * @param {number} turn LONPOLE [deg]
 * @param {number} pole its latitude [deg]
 */
function poleLongitude(ra, dec, t, turn, pole) {
  if (Math.abs(dec) === 90) return ra
  if (Math.abs(pole - 90) < SLACK) return ra + turn - 180
  if (Math.abs(pole + 90) < SLACK) return ra - turn
  const [d, p] = [dec / RADIAN, pole / RADIAN]
  const sine = (Math.sin(turn / RADIAN) * Math.cos(t)) / Math.cos(d)
  const cosine = (Math.sin(t) - Math.sin(p) * Math.sin(d)) / (Math.cos(p) * Math.cos(d))
  return ra - Math.atan2(sine, cosine) * RADIAN
}

/**
 * From native coordinates to those of the sky [deg].
 * @param {Native} native
 * @param {{ra: number, dec: number, longitude: number}} pole
 * @returns {[number, number]}
 */
export function celestial([phi, theta], pole) {
  const [f, t, p] = [(phi - pole.longitude) / RADIAN, theta / RADIAN, pole.dec / RADIAN]
  const x = Math.sin(t) * Math.cos(p) - Math.cos(t) * Math.sin(p) * Math.cos(f)
  const y = -Math.cos(t) * Math.sin(f)
  const z = Math.sin(t) * Math.sin(p) + Math.cos(t) * Math.cos(p) * Math.cos(f)
  return [(((pole.ra + Math.atan2(y, x) * RADIAN) % 360) + 360) % 360, Math.atan2(z, Math.hypot(x, y)) * RADIAN]
}

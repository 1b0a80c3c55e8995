import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inWords } from '../../../site_src/app/browse/chips.js'
import { emptyColumn, fill } from '../../../site_src/app/data/column.js'
import { compile, expressionOf } from '../../../site_src/app/query/query.js'
import { coneOf } from '../../../site_src/app/search/cone.js'
import { positionInWords } from '../../../site_src/app/search/position.js'
import { nameOf, searchFails, searchOf } from '../../../site_src/app/search/search.js'
import { bandOf, dateOf, timeOf } from '../../../site_src/app/search/spans.js'
import { between, coordinates, distance, regionsOf, vector } from '../../../site_src/app/search/sphere.js'
import { random } from './random.js'

const RADIAN = Math.PI / 180
const POSITION = [...['s_ra', 's_dec'].map((name) => ({ name, type: 'float64', unit: 'deg' })), ...['obs_id', 'obs_publisher_did'].map((name) => ({ name, type: 'string', unit: '' }))]

test('positions are read as people write them', () => {
  const rdor = { ra: 69.19, dec: -62.0775 }
  for (const text of ['69.19 -62.0775', '69.19,−62.0775', '4:36:45.6 -62:04:39', '04 36 45.6 -62 04 39', '4h36m45.6s -62d04m39s', '69.19°, -62.0775°'.replaceAll('°', '')]) {
    const { at, radius } = /** @type {any} */ (coneOf(text))
    assert.ok(Math.abs(at.ra - rdor.ra) < 1e-9 && Math.abs(at.dec - rdor.dec) < 1e-9, text)
    assert.equal(radius, 1 / 60)
  }
  const radii = { '1 2 0.5': 0.5, '1 2 30 arcmin': 0.5, "1 2 30'": 0.5, '1 2 1800″': 0.5, '1 2 0.5 deg': 0.5, '0 0 0 0 0 0 3°': 3, '1 2 7': 7 }
  for (const [text, radius] of Object.entries(radii)) assert.ok(Math.abs(Number(coneOf(text)?.radius) - radius) < 1e-12, text)
  assert.deepEqual(coneOf("R Dor 10'"), { target: 'R Dor', at: null, radius: 10 / 60 })
  assert.equal(coneOf('2004 67 P')?.target, '2004 67 P')
  assert.deepEqual(coneOf('NGC 4051'), { target: 'NGC 4051', at: null, radius: 1 / 60 })
  assert.equal(coneOf('39627866878511337')?.target, '39627866878511337')
  for (const wrong of ['', ' ', '400 10', '10 -91', '1 2 181', '1 2 3 4 5 6 7 8', '4:61:00 -62:04:39', '275.107 -16.227 1d', '__']) assert.equal(coneOf(wrong), null, wrong)
})

test('bands in any unit are wavelengths in vacuum', () => {
  const near = (/** @type {string} */ text, /** @type {number} */ min, /** @type {number} */ max) => {
    const band = /** @type {any} */ (bandOf(text))
    for (const [found, wanted] of [[band.min, min], [band.max, max]]) assert.ok(found === wanted || Math.abs(found / wanted - 1) < 1e-6, `${text}: ${found} ${wanted}`)
  }
  near('230.538 GHz', 1.300403779e-3, 1.300403779e-3)
  near('230..231 GHz', 299792458 / 231e9, 299792458 / 230e9)
  near('5000 to 6000 Å', 5e-7, 6e-7)
  near('0.3 - 1 um', 3e-7, 1e-6)
  near('1 .. 0.3 um', 3e-7, 1e-6)
  near('300..200 GHz', 299792458 / 300e9, 299792458 / 200e9)
  near('0.3 um..2 mm', 3e-7, 2e-3)
  near('> 1 keV', 0, 1.23984198e-9)
  near('< 1 keV', 1.23984198e-9, Infinity)
  near('..1 µm', 0, 1e-6)
  near('1 µm..', 1e-6, Infinity)
  near('5 MHz', 59.9584916, 59.9584916)
  near('2 km', 2000, 2000)
  near('1e-6 m', 1e-6, 1e-6)
  near('1000 cm-1', 1e-5, 1e-5)
  near('X-ray', 1e-11, 1e-8)
  near('millimetre', 1e-4, 1e-2)
  for (const wrong of ['', '5', '5 parsec', '-2 um', '0 GHz', '..', 'red', '1..2', '3 Mm']) assert.equal(bandOf(wrong), null, wrong)
})

test('a date stands for all of it', () => {
  const span = (/** @type {string} */ text) => {
    const { min, max } = /** @type {any} */ (timeOf(text))
    return [dateOf(min), dateOf(max)]
  }
  assert.deepEqual(span('2015'), ['2015-01-01 00:00', '2015-12-31 23:59'])
  assert.deepEqual(span('2015-02'), ['2015-02-01 00:00', '2015-02-28 23:59'])
  assert.deepEqual(span('2016-02-29..2016-03-01'), ['2016-02-29 00:00', '2016-03-01 23:59'])
  assert.deepEqual(span('2015-08-12T09:18'), ['2015-08-12 09:18', '2015-08-12 09:18'])
  assert.deepEqual(timeOf('57246..57250.5'), { min: 57246, max: 57250.5 })
  assert.deepEqual(span('2016..2015-02'), ['2015-02-01 00:00', '2016-12-31 23:59'])
  assert.deepEqual(timeOf('MJD 57246'), timeOf('2015-08-12'))
  assert.deepEqual(timeOf('57246'), timeOf('2015-08-12'))
  assert.deepEqual(timeOf('57246.0'), { min: 57246, max: 57246 })
  assert.deepEqual(timeOf('2457246.5'), { min: 57246, max: 57246 })
  assert.deepEqual(timeOf('> 2000-01-01'), { min: 51544, max: Infinity })
  for (const wrong of ['', 'yesterday', '2015-13', '2015-02-30', '..', '12']) assert.equal(timeOf(wrong), null, wrong)
})

test('the distance of a region is that of its nearest point', () => {
  const by = random(3)
  for (let run = 0; run < 300; run++) {
    const [ra, dec] = [360 * by.next(), 178 * by.next() - 89]
    const back = coordinates(vector(ra, dec))
    assert.ok(Math.abs(back[0] - ra) < 1e-9 && Math.abs(back[1] - dec) < 1e-9)
    // A square of half a degree either way, whose corners stand on great circles.
    const from = vector(ra, dec)
    const [square] = regionsOf(`POLYGON ICRS ${corners(ra, dec)}`)
    assert.ok(square)
    assert.equal(distance(from, square), 0)
    const away = 0.6 + 20 * by.next()
    const outside = Math.abs(dec + away) <= 90 ? dec + away : dec - away
    const found = distance(vector(ra, outside), square) / RADIAN
    assert.ok(Math.abs(found - (away - 0.5)) < 1e-6, `${ra} ${dec} ${outside}: ${found} ${away - 0.5}`)
    assert.ok(distance(/** @type {any} */ (from.map((one) => -one)), square) > 3)
  }
  const [circle] = regionsOf('Circle ICRS 10 20 1')
  assert.ok(circle && Math.abs(distance(vector(10, 23), circle) / RADIAN - 2) < 1e-9)
  assert.equal(regionsOf('UNION ICRS (CIRCLE ICRS 1 2 3 POLYGON 1 1 2 1 2 2)').length, 2)
  for (const none of ['', 'POLYGON ICRS', 'POLYGON ICRS 1 2 3 4', 'CIRCLE ICRS 1 2', 'BOX ICRS 1 2 3 4']) assert.deepEqual(regionsOf(none), [], none)
})

/** @param {number} ra @param {number} dec */
function corners(ra, dec) {
  const middle = vector(ra, dec)
  const east = vector(ra + 90, 0)
  const north = vector(ra, dec + 90)
  const size = Math.tan(0.5 * RADIAN)
  return [[1, 1], [-1, 1], [-1, -1], [1, -1]].flatMap(([e = 0, n = 0]) => {
    const corner = middle.map((one, axis) => one + size * (e * (east[axis] ?? 0) + n * (north[axis] ?? 0)))
    const length = Math.hypot(...corner)
    return coordinates(/** @type {any} */ (corner.map((one) => one / length)))
  }).join(' ')
}

/** @type {Record<string, any[]>} */
const ROWS = {
  s_ra: [10, 10.5, null, 200, 10],
  s_dec: [20, 20, null, -30, 20.01],
  s_region: ['', 'CIRCLE ICRS 10.5 20 0.6', null, '', ''],
  target_name: ['R Dor', 'R_DOR', 'r-dor', 'W Hya', null],
  em_min: [1e-3, 2e-3, null, 4e-7, 1e-3],
  em_max: [1.1e-3, null, null, 5e-7, 1e-3],
  obs_id: ['a1', 'a2', 'b1', 'A11', null],
  obs_publisher_did: ['ivo://x/s?a1', 'ivo://x/s?a2', 'ivo://x/s?b1', 'ivo://x/s?A11', 'ivo://x/s?dir/f.fits/0'],
  path: ['d/1.fits', 'd/2.fits', 'd/3.fits', 'd/4.fits', 'dir/f.fits'],
}
/** @param {string} name */
function column(name) {
  const made = emptyColumn(/^(s_ra|s_dec|em_)/.test(name) ? 'number' : 'text', 5)
  fill(made, 0, /** @type {any} */ (ROWS[name]))
  return made
}
/** @param {any} of @param {string} text */
function found(of, text) {
  const search = searchOf(of, text)
  assert.ok(search, text)
  return [...searchFails(search, column, 5)].flatMap((fails, row) => (fails ? [] : [row]))
}

test('searches find what lies near, overlaps, or is called so', () => {
  assert.deepEqual(found('position', "10 20 0.3'"), [0, 1])
  assert.deepEqual(found('position', '10 20 1 arcmin'), [0, 1, 4])
  assert.deepEqual(found('position', '0 90 1'), [])
  assert.deepEqual(found('position', "r dor 1'"), [0, 1, 2, 4])
  assert.deepEqual(found('position', 'W Hya'), [3])
  assert.deepEqual(found('position', 'nobody'), [])
  assert.deepEqual(found('band', '1.05 mm'), [0])
  assert.deepEqual(found('band', '100..310 GHz'), [0, 1, 4])
  assert.deepEqual(found('band', 'optical'), [3])
  assert.deepEqual(found('identifier', 'A1'), [0, 3])
  assert.deepEqual(found('identifier', 'a1, b1\nf.fits'), [0, 2, 4])
})

test('a band is written as an expression that finds the same', () => {
  const columns = ['em_min', 'em_max'].map((name) => ({ name, type: 'float64', unit: 'm' }))
  for (const text of ['1.05 mm', '> 1.05 mm', '< 500 nm', '100..310 GHz', 'x-ray']) {
    const expression = expressionOf([[nameOf('band'), /** @type {any} */ (searchOf('band', text))]], columns)
    const fails = compile(String(expression), columns).failing(column, 5)
    assert.deepEqual([...fails].flatMap((one, row) => (one ? [] : [row])), found('band', text), text)
  }
  assert.equal(inWords('(band)', /** @type {any} */ (searchOf('band', '2 um')), new Map()), 'Band: 2 um')
  assert.equal(inWords('(identifier)', /** @type {any} */ (searchOf('identifier', 'a b c')), new Map()), '3 pasted identifiers')
})

test('a position is written as cones, and as names of what footprints reach beside them', async () => {
  const catalogue = { rows: 5, column, load: async () => {} }
  assert.equal(await positionInWords('10 20 1 arcmin', catalogue), '(cone(10, 20, 0.0166666667) or obs_publisher_did in ("ivo://x/s?a2"))')
  assert.equal(await positionInWords('200 -30 0.5', catalogue), 'cone(200, -30, 0.5)')
  for (const text of ['10 20 1 arcmin', "r dor 1'", 'W Hya', 'nobody', '0 90 1', '0 90 75']) {
    const positions = new Map([[text, await positionInWords(text, catalogue)]])
    const expression = expressionOf([['(position)', /** @type {any} */ (searchOf('position', text))]], POSITION, positions)
    const fails = compile(String(expression), POSITION).failing(column, 5)
    assert.deepEqual([...fails].flatMap((one, row) => (one ? [] : [row])), found('position', text), text)
  }
})

test('what cannot be named has no expression', () => {
  assert.equal(expressionOf([['(position)', /** @type {any} */ (searchOf('position', '1 2'))]], POSITION), null)
})

// Converts values with the code of the browser, as JSON in and out.
import { readFileSync } from 'node:fs'
import { converted, ratio, understood } from '../../../site_src/app/query/quantity.js'
import { BINARY, LONE, PREFIXED, PREFIXES, REFUSED } from '../../../site_src/app/query/symbols.js'

const input = JSON.parse(readFileSync(0, 'utf8'))
const answers = input.map((/** @type {[number, string, string]} */ [value, unit, to]) => {
  const by = ratio(unit, to)
  return by ? converted(value, by).toExponential() : understood(unit)
})
const tables = [BINARY, LONE, PREFIXED, PREFIXES].map((table) => [...table])
process.stdout.write(JSON.stringify({ answers, tables, refused: REFUSED }))

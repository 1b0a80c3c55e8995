// Files of an author: headers become rows, tables of rows go over them.

import { readCsv, typed } from './csv.js'
import { isKnown } from './expressions.js'
import { readHeaders, Unreadable } from './fits.js'
import { rowsOf } from './row.js'
import { readVotable } from './votable.js'

/**
 * @typedef {import('./row.js').Given} Given
 * @typedef {import('./expressions.js').Row} Row
 * @typedef {import('./checks.js').Described} Described
 *
 * @typedef {object} Taken
 * @property {Given[]} given
 * @property {string[]} names columns as the table of rows writes them; all of ObsCore where files give rows
 * @property {import('./columns.js').Table['said']} said by columns of a table of rows
 * @property {string[]} troubles with files and rows
 * @property {string[]} left what only the command makes rows of
 * @property {string[]} parts that are no products, and why
 * @property {File[]} files of data
 * @property {Row[]} rows of the tables
 */

/** Bytes of a table of rows that are read. */
const LARGEST = 50e6
const NO_VALUES = ['path', 'part', 'access_url', 'access_format', 'access_estsize']

/**
 * @param {File[]} files
 * @param {Described} described
 * @param {(done: number) => void} progress
 * @returns {Promise<Taken>}
 */
export async function take(files, described, progress) {
  /** @type {Taken} */
  const taken = { given: [], names: described.columns.map((column) => column.name), said: null, troubles: [], left: [], parts: [], files: [], rows: [] }
  const tables = files.filter(isTable)
  for (const [done, file] of [...files.filter((one) => !isTable(one)), ...tables].entries()) {
    progress(done)
    try {
      await (isTable(file) ? readRows(file, taken, described) : readFile(file, taken, described))
    } catch (error) {
      const told = error instanceof Unreadable ? error.message : 'The browser cannot read it; choose it again.'
      taken.troubles.push(`${file.name}: ${told}`)
    }
  }
  return taken
}

/** @param {File} file */
function isTable(file) {
  return /\.(csv|txt|vot|xml)$/i.test(file.name)
}

/**
 * @param {File} file
 * @param {Taken} taken
 * @param {Described} described
 */
async function readFile(file, taken, { words, columns }) {
  const { hdus, notes } = await readHeaders(file)
  if (hdus.length === 0) throw new Unreadable('Its header is cut off.')
  const made = rowsOf(file.name, file.size, hdus, words, columns.map(({ name }) => name))
  taken.given.push(...made.rows)
  taken.files.push(file)
  const told = (/** @type {string} */ text) => `${file.name}: ${text}.`
  taken.troubles.push(...notes.map(told))
  taken.left.push(...made.left.map(told))
  taken.parts.push(...made.parts.map(told))
}

/**
 * @param {File} file
 * @param {Taken} taken
 * @param {Described} described
 */
async function readRows(file, taken, { columns, table }) {
  if (file.size > LARGEST) throw new Unreadable('It is too large for this page; use portal check-obscore.')
  const known = [...columns, ...table.optional]
  const text = await file.text()
  const { names, rows, said } = /\.(vot|xml)$/i.test(file.name) ? readVotable(text) : { ...typed(readCsv(text), known), said: null }
  if (names.length < 2) throw new Unreadable('This is no table: it does not name columns.')
  if (taken.files.length > 0) {
    const wrong = known.filter(({ name, unit }) => said?.[name]?.unit && said[name]?.unit !== unit && !table.same[unit]?.includes(said[name]?.unit ?? ''))
    taken.troubles.push(...wrong.map(({ name, unit }) => `${file.name}: ${name} is in ${said?.[name]?.unit} and left out; write it in ${unit || 'no unit'}.`))
    const kept = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !wrong.some((one) => one.name === name))))
    taken.rows.push(...kept)
    return over(file.name, kept, taken)
  }
  taken.rows.push(...rows)
  taken.names = names
  taken.said = said
  for (const [at, row] of rows.entries()) taken.given.push({ row, origins: {}, file: `${file.name}, row ${at + 1}`, part: '' })
}

/**
 * What a table says of files counts before what the files say.
 * @param {string} table
 * @param {Row[]} rows
 * @param {Taken} taken
 */
function over(table, rows, { given, troubles }) {
  for (const [at, row] of rows.entries()) {
    const [path, part] = [String(row['path'] ?? '').replace(/^\.\//, ''), String(row['part'] ?? '')]
    const about = given.filter((one) => (one.file === path || path.endsWith(`/${one.file}`)) && (part === '' || one.part === part))
    if (about.length === 0) troubles.push(`${table}, row ${at + 1}: it is about no product of the files here: ${path || 'no path'}.`)
    for (const one of about) {
      for (const [name, value] of Object.entries(row)) {
        if (NO_VALUES.includes(name) || !isKnown(value)) continue
        one.row[name] = value
        one.origins[name] = `${table}, row ${at + 1}`
      }
    }
  }
}

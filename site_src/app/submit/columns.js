// Columns of a table against those of ObsCore, by data of the linter: the twin of portal.lint.columns.

import { isKnown } from './expressions.js'

/**
 * @typedef {import('./expressions.js').Row} Row
 * @typedef {import('./checks.js').Finding} Finding
 * @typedef {'datatype' | 'ucd' | 'unit' | 'utype' | 'xtype'} What
 * @typedef {Partial<Record<What, string>>} Said what a column says of itself
 * @typedef {{name: string, type: string, ucd: string, unit: string, utype: string}} Standard a column of the standard
 *
 * @typedef {object} Table
 * @property {string[]} names as the table writes them
 * @property {Row[]} rows by names in small letters
 * @property {Record<string, Said> | null} said by names in small letters; null where nothing can be said, as in CSV
 *
 * @typedef {object} Columns as portal.obscore.described has it
 * @property {Record<string, string[]>} datatypes of VOTable by type, the one that is meant first
 * @property {[string, string]} older what utypes of ObsCore 1.0 have
 * @property {Record<string, string>} once UCDs before the first erratum
 * @property {Standard[]} optional
 * @property {Record<string, string[]>} same other words for a unit
 * @property {string[]} shapes xtypes whose values are numbers
 * @property {Record<'ucd' | 'unit' | 'utype', string>} told in many
 * @property {number} width characters of a text in one card of FITS, at which some programs cut utypes
 * @property {Record<string, string>} words for types
 */

/**
 * @param {Table} table
 * @param {Standard[]} standard columns that have to be there
 * @param {Columns} known
 * @returns {Iterable<Finding>}
 */
export function* columnFindings(table, standard, known) {
  const written = new Map(table.names.map((name) => [name.toLowerCase(), name]))
  for (const { name, type } of standard) {
    if (!written.has(name)) yield told('error', 'missing-column', name, 'no such column', `a column ${name} (${known.words[type]})`, 'add it; it may be empty where nothing is known')
  }
  const silent = silentIn(table, standard, known)
  for (const what of silent) yield told('warning', `no-${what}s`, '*', `no column has a ${what}`, `the ${known.told[what]} of ObsCore 1.1`, 'write the table as VOTable, with them, before it is published')
  const said = (/** @type {string} */ name) => Object.values(table.said?.[name] ?? {}).some(Boolean)
  for (const column of [...standard, ...known.optional.filter(({ name }) => table.said === null || said(name))]) {
    const name = written.get(column.name)
    if (name === undefined) continue
    if (name !== column.name) yield told('warning', 'name-case', column.name, name, column.name, 'write names of columns in lower case')
    yield* typeFindings(column, table, known)
    if (table.said) yield* wordFindings(column, table.said[column.name] ?? {}, silent, known)
  }
  const lower = table.names.map((name) => name.toLowerCase())
  for (const name of new Set(lower)) {
    const count = lower.filter((one) => one === name).length
    if (count > 1) yield told('error', 'column-twice', name, `${count} columns of that name`, 'each name once, whatever its case', 'rename or remove all but one')
  }
}

/** What no column says, in a table that could. @param {Table} table @param {Standard[]} standard @param {Columns} known */
function silentIn({ names, said }, standard, known) {
  if (said === null) return []
  const there = standard.filter(({ name }) => names.some((one) => one.toLowerCase() === name))
  return /** @type {('unit' | 'ucd' | 'utype')[]} */ (Object.keys(known.told)).filter((what) => {
    const about = there.filter((column) => column[what])
    return about.length > 0 && !about.some(({ name }) => said[name]?.datatype || said[name]?.[what])
  })
}

/** @param {Standard} column @param {Table} table @param {Columns} known @returns {Iterable<Finding>} */
function* typeFindings({ name, type }, { rows, said }, { datatypes, shapes, words }) {
  const { datatype = '', xtype = '' } = said?.[name] ?? {}
  const mend = 'convert the column to that type'
  if (datatype) {
    if (datatypes[type]?.includes(datatype)) return
    const shape = name === 's_region' && shapes.includes(xtype)
    yield told(shape ? 'warning' : 'error', 'wrong-type', name, datatype, `${datatypes[type]?.[0]} (${words[type]})`, shape ? 'write the footprint as text, which every program reads' : mend)
    return
  }
  const fits = (/** @type {unknown} */ value) => (type === 'string' ? typeof value === 'string' : typeof value === 'number' && (type === 'float64' || Math.round(value) === value))
  const row = rows.findIndex((one) => isKnown(one[name]) && !fits(one[name]))
  if (row >= 0) yield { ...told('error', 'wrong-type', name, String(rows[row]?.[name]).slice(0, 80), `${words[type]} (${type})`, mend), row }
}

/** @param {Standard} column @param {Said} said @param {string[]} silent @param {Columns} known @returns {Iterable<Finding>} */
function* wordFindings({ name, unit, ucd, utype }, said, silent, { older, once, same, width }) {
  const wrong = (/** @type {'unit' | 'ucd' | 'utype'} */ what, /** @type {string} */ expected, /** @type {string} */ mend) =>
    told('error', `wrong-${what}`, name, said[what] || `no ${what}`, expected || `no ${what}`, mend)
  const differs = (/** @type {'ucd' | 'utype'} */ what, /** @type {string} */ expected) => !silent.includes(what) && (said[what] ?? '').toLowerCase() !== expected.toLowerCase().slice(0, what === 'utype' && said[what]?.length === width ? width : undefined)
  if ((said.unit ?? '') !== unit && !silent.includes('unit')) yield wrong('unit', unit, same[unit]?.includes(said.unit ?? '') ? 'the same in other words; programs compare the words' : 'convert the values and name that unit')
  if (differs('ucd', ucd)) yield wrong('ucd', ucd, said.ucd && said.ucd === once[name] ? 'use the UCD of the erratum' : 'correct the UCD')
  if (differs('utype', utype)) yield wrong('utype', utype, new RegExp(...older).test(said.utype ?? '') ? 'use the utype of ObsCore 1.1: this one is of 1.0' : 'correct the utype')
}

/**
 * @param {Finding['severity']} severity
 * @param {string} code
 * @param {string} column
 * @param {string} seen
 * @param {string} expected
 * @param {string} way_out
 * @returns {Finding}
 */
function told(severity, code, column, seen, expected, way_out) {
  return { severity, code, column, row: null, seen, expected, way_out }
}

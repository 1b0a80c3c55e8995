// The first table of a VOTable: its rows, and what its fields say of themselves.

import { numberOf } from './expressions.js'
import { Unreadable } from './fits.js'

/** @typedef {import('./columns.js').Table} Table */

const NUMBERS = ['double', 'float', 'int', 'long', 'short', 'unsignedByte']
const TEXTS = ['char', 'unicodeChar']
const WHOLE = /<\/(?:\w+:)?VOTABLE\s*>\s*$/
const WHAT = /** @type {import('./columns.js').What[]} */ (['datatype', 'ucd', 'unit', 'utype', 'xtype'])

/**
 * @param {string} text
 * @returns {Table}
 */
export function readVotable(text) {
  // What a parser makes of a document that is cut off is of no use here.
  const made = new DOMParser().parseFromString(WHOLE.test(text) ? text : '<VOTABLE/>', 'text/xml')
  const table = all(made, 'TABLE')[0]
  if (all(made, 'parsererror').length > 0 || !table) throw new Unreadable('This is no whole VOTable with a table.')
  if (['BINARY', 'BINARY2', 'FITS'].some((name) => all(table, name).length > 0)) throw new Unreadable('Its values are packed; write them as TABLEDATA, or use portal check-obscore.')
  const fields = all(table, 'FIELD').map((field) => ({ name: field.getAttribute('name') ?? field.getAttribute('ID') ?? '', value: reader(field), field }))
  const rows = all(table, 'TR').map((row) => {
    const cells = all(row, 'TD').map((cell) => cell.textContent ?? '')
    return Object.fromEntries(fields.map(({ name, value }, at) => [name.toLowerCase(), value(cells[at] ?? '')]))
  })
  const said = fields.map(({ name, field }) => [name.toLowerCase(), Object.fromEntries(WHAT.map((what) => [what, field.getAttribute(what) ?? '']))])
  return { names: fields.map(({ name }) => name), rows, said: Object.fromEntries(said) }
}

/** Elements of a name in any namespace. @param {Document | Element} inside @param {string} name */
function all(inside, name) {
  return [...inside.getElementsByTagNameNS('*', name)]
}

/** How the cells of a field are read. @param {Element} field @returns {(text: string) => string | number | null} */
function reader(field) {
  const type = field.getAttribute('datatype') ?? ''
  const none = all(field, 'VALUES')[0]?.getAttribute('null') ?? ''
  const one = NUMBERS.includes(type) && (field.getAttribute('arraysize') ?? '1') === '1'
  return (text) => {
    if (TEXTS.includes(type)) return text || null
    const bare = text.trim()
    if (bare === '' || bare === none || bare.toLowerCase() === 'nan') return null
    const number = one ? numberOf(bare) : NaN
    return Number.isNaN(number) ? bare : number
  }
}

// The bundle of a submission, as portal submit-check writes it without data: portal accept opens it.

import { sha256 } from '@noble/hashes/sha2.js'
import { table } from '../exports/parquet.js'
import { writeCsv } from './csv.js'
import { rulesOf } from './rules.js'
import { zipOf } from './zip.js'

/**
 * @typedef {import('./taking.js').Taken} Taken
 * @typedef {import('./checks.js').Described} Described
 * @typedef {import('./checks.js').Finding} Finding
 * @typedef {{id: string, toml: string}} Settings
 * @typedef {{name: string, type: string}} Field
 */

const ORIGINS = /** @type {Field[]} */ ([
  ...['path', 'part', 'obs_publisher_did', 'column', 'value'].map((name) => ({ name, type: 'string' })),
  { name: 'used', type: 'bool' },
  ...['kind', 'source'].map((name) => ({ name, type: 'string' })),
  { name: 'confidence', type: 'float64' },
  ...['where', 'note'].map((name) => ({ name, type: 'string' })),
])
const FINDINGS = ['severity', 'code', 'path', 'part', 'column', 'what', 'seen', 'expected', 'way_out']
/** What was concluded, not stated. */
const INFERRED = 0.4
const PIECE = 2 ** 20

/**
 * @param {Taken} taken
 * @param {Finding[]} findings
 * @param {Settings} settings
 * @param {Described} described
 * @param {(done: number) => void} progress
 * @returns {Promise<Blob>}
 */
export async function bundleOf(taken, findings, settings, { columns, versions }, progress) {
  const rows = taken.given.map((one) => ({ obs_collection: settings.id, ...one.row }))
  const files = []
  for (const [done, file] of taken.files.entries()) {
    progress(done)
    files.push({ bytes: file.size, path: file.name, rows: taken.given.filter((one) => one.file === file.name).length, sha256: await digestOf(file) })
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  const names = columns.map(({ name }) => name)
  const manifest = { apart: ['submission.toml'], bundle: 1, collection: settings.id, data: false, files, rows: rows.length, versions }
  const members = /** @type {[string, string | Uint8Array][]} */ ([
    ['submission.toml', settings.toml],
    ['rules.map', rulesOf(settings.id, taken.rows, columns)],
    ['obscore.parquet', await parquetOf(columns, rows)],
    ['obscore.csv', writeCsv(names, rows)],
    ['origins.parquet', await parquetOf(ORIGINS, originsOf(taken, rows))],
    ['findings.csv', writeCsv(FINDINGS, findings.map((one) => told(one, taken)))],
    ['manifest.json', `${JSON.stringify(manifest, null, 1)}\n`],
  ])
  const bytes = members.map(([name, data]) => /** @type {[string, Uint8Array]} */ ([name, typeof data === 'string' ? new TextEncoder().encode(data) : data]))
  const sums = bytes.map(([name, data]) => `${hex(sha256(data))}  ${name}\n`).sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
  return zipOf([...bytes, ['SHA256SUMS', new TextEncoder().encode(sums.join(''))]])
}

/** The hash of a file, read piece by piece. @param {Blob} file */
async function digestOf(file) {
  const hash = sha256.create()
  for (let at = 0; at < file.size; at += PIECE) hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()))
  return hex(hash.digest())
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @param {Field[]} fields @param {Record<string, unknown>[]} rows @returns {Promise<Uint8Array>} */
async function parquetOf(fields, rows) {
  const columns = fields.map(({ name, type }) => ({ unit: '', description: '', ...fields.find((one) => one.name === name), name, type }))
  const values = columns.map(({ name, type }) => rows.map((row) => valueOf(row[name], type)))
  async function* block() {
    yield { columns, values, length: rows.length }
  }
  const pieces = []
  for await (const piece of table(/** @type {any} */ (block()), new Map())) pieces.push(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece)
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

/** @param {unknown} value @param {string} type */
function valueOf(value, type) {
  if (value === null || value === undefined || value === '') return null
  if (type === 'string') return String(value)
  if (type === 'bool') return value === true
  const number = Number(value)
  if (Number.isNaN(number)) return null
  return type === 'int64' ? BigInt(Math.trunc(number)) : number
}

/** @param {Taken} taken @param {Record<string, unknown>[]} rows */
function originsOf({ given }, rows) {
  return given.flatMap(({ file, part, origins }, at) => {
    const row = rows[at] ?? {}
    const known = Object.entries(row).filter(([, value]) => value !== null && value !== undefined && value !== '')
    return known.map(([column, value]) => {
      const source = origins[column] ?? 'the table of rows'
      return { path: file, part, obs_publisher_did: row['obs_publisher_did'], column, value: String(value), used: true, kind: 'keyword', source, confidence: source.includes('confidence 0.4') ? INFERRED : 1, where: '', note: 'read by the page Submit' }
    })
  })
}

/** @param {Finding} one @param {Taken} taken */
function told(one, { given }) {
  const place = one.row === null ? undefined : given[one.row]
  return { ...one, path: place?.file ?? '', part: place?.part ?? '', what: 'a value that does not fit' }
}

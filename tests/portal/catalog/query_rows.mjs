// Runs queries with the code of the browser over Parquet files, as JSON in and out.
import { readFileSync } from 'node:fs'
import { parquetMetadata, parquetScan } from 'hyparquet'
import { emptyColumn, fill, kindOf } from '../../../site_src/app/data/column.js'
import { compile, QueryError, toSql } from '../../../site_src/app/query/query.js'

/** @param {string} path */
async function table(path) {
  const buffer = new Uint8Array(readFileSync(path)).buffer
  const metadata = parquetMetadata(buffer)
  const scan = await parquetScan({ file: buffer, metadata })
  const rows = Number(metadata.num_rows)
  const load = async (/** @type {{name: string, type: string}} */ { name, type }) => {
    const column = emptyColumn(kindOf(type), rows)
    for (const range of scan.ranges) fill(column, range.rowStart, await scan.readColumn({ column: name, ...range }))
    return column
  }
  return { rows, load }
}

/**
 * The values of a model for each of its observations.
 * @param {any} column
 * @param {number[]} places
 */
function lent(column, places) {
  const values = places.map((place) => column.values[place])
  return column.kind === 'number' ? { ...column, values: Float64Array.from(values) } : { ...column, values }
}

const input = JSON.parse(readFileSync(0, 'utf8'))
const models = await table(input.models.path)
const observations = await table(input.observations.path)
const loaded = { models: new Map(), observations: new Map() }
for (const column of input.models.columns) loaded.models.set(column.name, await models.load(column))
for (const column of input.observations.own) loaded.observations.set(column.name, await observations.load(column))
const place = new Map(loaded.models.get('model_id').values.map((/** @type {string} */ id, /** @type {number} */ row) => [id, row]))
const places = loaded.observations.get('model_id').values.map((/** @type {string} */ id) => place.get(id))
for (const { name } of input.observations.lent) loaded.observations.set(name, lent(loaded.models.get(name), places))
const columns = { models: input.models.columns, observations: [...input.observations.own, ...input.observations.lent] }
const counts = { models: models.rows, observations: observations.rows }

/** @param {{table: 'models' | 'observations', text: string}} query */
function answer({ table: name, text }) {
  try {
    const query = compile(text, columns[name])
    const fails = query.failing((column) => loaded[name].get(column), counts[name])
    const found = Array.from(fails.keys()).filter((row) => !fails[row])
    return { rows: found, sql: toSql(text, columns[name]), columns: query.columns }
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return { error: error.message, start: error.start, end: error.end }
  }
}

process.stdout.write(JSON.stringify(input.queries.map(answer)))

// What several models have in common and where they differ; which of their observations belong together.

import { kindOf } from '../data/column.js'
import { exact, shown } from '../browse/cells.js'
import { entries } from '../data/filters.js'
import { ofModel } from '../explore/modeldata.js'
import { viewOf } from '../explore/observed.js'
import { NAME } from '../browse/state.js'

/**
 * @typedef {import('../data/catalogue.js').Catalogue} Catalogue
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('../explore/modeldata.js').ModelData} ModelData
 * @typedef {import('../explore/modeldata.js').ObservationData} ObservationData
 *
 * @typedef {object} Compared a model picked for the comparison
 * @property {string} id
 * @property {number} style its place in the palette
 * @property {number} row in the catalogue; -1 if it is not there
 *
 * @typedef {object} Parameter
 * @property {ColumnInfo} info
 * @property {string[]} texts value of each model for people
 * @property {number[]} values the same as numbers; NaN for no value or no number
 * @property {boolean} same whether all are equal
 */

/** Addresses say the name again. */
const ADDRESSES = new Set([NAME, 'model_path', 'observation_path'])

/**
 * The models in the catalogue.
 * @param {Catalogue} catalogue whose names have been read
 * @param {string[]} ids
 * @returns {Compared[]}
 */
export function located(catalogue, ids) {
  const { values } = catalogue.column(NAME)
  const rows = new Map(ids.map((id) => [id, -1]))
  for (let row = 0; row < values.length; row++) {
    const id = String(values[row])
    if (rows.has(id)) rows.set(id, row)
  }
  return ids.map((id, style) => ({ id, style, row: rows.get(id) ?? -1 }))
}

/**
 * Columns that say something of a model, in the order of the catalogue.
 * @param {Map<string, ColumnInfo>} infos
 */
export function telling(infos) {
  return [...infos.values()].filter(({ name }) => !ADDRESSES.has(name))
}

/**
 * The values of models, without the columns in which none has one.
 * @param {Catalogue} catalogue
 * @param {Map<string, ColumnInfo>} infos
 * @param {Compared[]} models
 * @returns {Parameter[]}
 */
export function parametersOf(catalogue, infos, models) {
  const rows = models.map(({ row }) => row).filter((row) => row >= 0)
  return telling(infos).flatMap((info) => {
    const column = catalogue.column(info.name)
    if (rows.every((row) => entries(column, row).length === 0)) return []
    const values = rows.map((row) => (kindOf(info.type) === 'number' ? Number(column.values[row]) : NaN))
    const same = new Set(rows.map((row) => exact(catalogue, info.name, row))).size === 1
    return [{ info, texts: rows.map((row) => shown(catalogue, info, row) ?? '–'), values, same }]
  })
}

/**
 * The observations of models, from their pages; why they cannot be had where they cannot.
 * @param {string[]} ids
 * @param {(id: string) => Promise<ModelData>} [read]
 */
export async function observationsOf(ids, read = ofModel) {
  const read1 = async (/** @type {string} */ id) => read(id).catch((error) => String(error?.message ?? error))
  const found = await Promise.all(ids.map(read1))
  return new Map(ids.map((id, place) => [id, /** @type {ModelData | string} */ (found[place])]))
}

/**
 * Lines of any of the models, by species and frequency.
 * @param {Iterable<ModelData | string>} models
 */
export function linesOf(models) {
  const all = [...models].flatMap((model) => (typeof model === 'string' ? [] : model.observations))
  const order = (/** @type {ObservationData} */ a, /** @type {ObservationData} */ b) =>
    a.species.localeCompare(b.species, 'en') || (a.frequency ?? 0) - (b.frequency ?? 0)
  return [...new Set([...all].sort(order).map(({ line }) => line))]
}

/**
 * Directions in which any of the models shows a line, by inclination and azimuth.
 * @param {Iterable<ModelData | string>} models
 * @param {string} line
 */
export function viewsOf(models, line) {
  const all = [...models].flatMap((model) => (typeof model === 'string' ? [] : model.observations)).filter((one) => one.line === line)
  const order = (/** @type {ObservationData} */ a, /** @type {ObservationData} */ b) =>
    (a.inclination ?? -1) - (b.inclination ?? -1) || (a.azimuth ?? -1) - (b.azimuth ?? -1)
  return [...new Set(all.sort(order).map(viewOf))]
}

/**
 * The observation of a line from a direction, or why there is none.
 * @param {ModelData | string | undefined} model
 * @param {string} line
 * @param {string} view
 * @returns {ObservationData | string}
 */
export function observationOf(model, line, view) {
  if (model === undefined || typeof model === 'string') return model ?? 'its page has not been read'
  const own = model.observations.filter((one) => one.line === line)
  if (own.length === 0) return `has no ${line}`
  return own.find((one) => viewOf(one) === view) ?? `has no ${line} at ${view}`
}

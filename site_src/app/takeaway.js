// What the selection is saved as: lists of addresses, a table, names.

import { exact } from './cells.js'
import { csv, save, urlList } from './download.js'
import { dataUrl } from './links.js'
import { NAME } from './state.js'

/**
 * @typedef {import('./catalogue.js').Catalogue} Catalogue
 * @typedef {import('./settings.js').Settings} Settings
 */

/**
 * Addresses of the files that some columns of paths name, for the rows.
 * @param {Catalogue} catalogue
 * @param {Settings} settings
 * @param {Uint32Array} rows
 * @param {string[]} columns
 */
async function addresses(catalogue, settings, rows, columns) {
  await catalogue.load(['collection', ...columns])
  const root = new URL('.', document.baseURI).href
  /** @type {string[]} */
  const urls = []
  for (const row of rows) {
    const store = settings.stores[exact(catalogue, 'collection', row)]
    if (store === undefined) continue
    for (const column of columns) {
      const path = exact(catalogue, column, row)
      if (path) urls.push(dataUrl(store, path, root))
    }
  }
  return urls
}

/**
 * The ways of taking the selection away.
 * @param {Catalogue} catalogue
 * @param {Settings} settings
 * @param {() => {rows: Uint32Array, columns: string[]}} chosen
 */
export function offers(catalogue, settings, chosen) {
  const list = (/** @type {string} */ file, /** @type {string[]} */ columns) => async () => {
    const urls = await addresses(catalogue, settings, chosen().rows, columns)
    save(file, urlList(urls), 'text/plain')
  }
  return [
    {
      label: 'Observations',
      note: 'addresses for wget or aria2',
      action: list('observations.txt', ['observation_path']),
    },
    { label: 'Models', note: 'addresses for wget or aria2', action: list('models.txt', ['model_path']) },
    {
      label: 'Models and observations',
      note: 'addresses for wget or aria2',
      action: list('files.txt', ['model_path', 'observation_path']),
    },
    {
      label: 'Table',
      note: 'the columns shown, CSV',
      action: async () => {
        const { rows, columns } = chosen()
        const names = [NAME, ...columns]
        await catalogue.load(names)
        const lines = Array.from(rows, (row) => names.map((name) => exact(catalogue, name, row)))
        save('models.csv', csv(names, lines), 'text/csv')
      },
    },
    {
      label: 'Names',
      note: 'one on each line',
      action: async () => {
        await catalogue.load([NAME])
        const names = Array.from(chosen().rows, (row) => exact(catalogue, NAME, row))
        save('names.txt', urlList(names), 'text/plain')
      },
    },
  ]
}

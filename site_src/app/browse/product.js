// Rows of no model: the products of observed files. What they are called, and where they lead.

import { exact } from './cells.js'
import { dataUrl } from '../page/links.js'

/** What name and address need. */
export const PRODUCT = ['path', 'part', 'obs_collection', 'access_url']

/** @typedef {import('../data/tables.js').Readable} Readable */

/**
 * Name of the file, and of the part of it; null while it has not been read.
 * @param {Readable} catalogue
 * @param {number} row
 */
export function productTitle(catalogue, row) {
  if (!PRODUCT.every((name) => catalogue.has(name, row))) return null
  const part = exact(catalogue, 'part', row)
  const file = exact(catalogue, 'path', row).replace(/^.*\//, '')
  // The first part is what a file is opened for.
  return /^[01]?$/.test(part) ? file : `${file} · ${part}`
}

/**
 * Address of the file: where its store is published, else as the row has it.
 * @param {Readable} catalogue
 * @param {number} row
 * @param {Record<string, string>} stores
 */
export function productFile(catalogue, row, stores) {
  const store = stores[exact(catalogue, 'obs_collection', row)]
  if (store === undefined) return exact(catalogue, 'access_url', row)
  return dataUrl(store, exact(catalogue, 'path', row), new URL('.', document.baseURI).href)
}

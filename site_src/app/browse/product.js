// Rows of no model: the products of observed files. What they are called, where they lead, their pictures.

import { exact } from './cells.js'
import { h } from '../page/dom.js'
import { productPage } from '../page/links.js'

/** What name and address need. */
export const PRODUCT = ['path', 'part', 'obs_collection']

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
 * Page of the product.
 * @param {Readable} catalogue
 * @param {number} row
 */
export function productHref(catalogue, row) {
  const [path = '', part = '', collection = ''] = PRODUCT.map((name) => exact(catalogue, name, row))
  return productPage(collection, path, part)
}

/**
 * The small picture of a product, fetched when it comes into sight. Its link says what it is of.
 * @param {string} href of the page
 */
export function thumbnail(href) {
  const picture = h('img', { class: 'browse-thumbnail', src: href.replace(/html$/, 'webp'), alt: '', loading: 'lazy', decoding: 'async' })
  // Of a file that was not at hand when the pages were built there is none.
  picture.addEventListener('error', () => picture.classList.add('is-missing'))
  return picture
}

// Addresses of model pages and data files, built as portal.catalog.paths builds them.

import { crc32 } from './crc32.js'

/**
 * Percent-encode a path, keeping its slashes.
 * @param {string} path
 */
export function quotePath(path) {
  // encodeURIComponent leaves !'()* as they are, which a shell or a strict server may not.
  return encodeURIComponent(path)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * Page of a model, relative to the root of the site.
 * @param {string} id
 */
export function modelPage(id) {
  const shard = (crc32(id) & 0xff).toString(16).padStart(2, '0')
  return `m/${shard}/${quotePath(id)}.html`
}

/** Characters of a name of a page. */
const MOST = 200

/**
 * Page of an observed product, relative to the root of the site.
 * @param {string} collection
 * @param {string} path of the file in the store
 * @param {string} part of the file
 */
export function productPage(collection, path, part) {
  let name = ''
  for (const byte of new TextEncoder().encode(`${collection}/${path}/${part}`)) {
    const char = String.fromCharCode(byte)
    if (char === '/') name += '~'
    else name += /[A-Za-z0-9._+-]/.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  if (name.length > MOST) {
    const sum = crc32(name).toString(16).padStart(8, '0')
    name = `${name.slice(0, 120)}~~${sum}~~${name.slice(-60)}`
  }
  const shard = (crc32(name) & 0xff).toString(16).padStart(2, '0')
  return `o/${shard}/${quotePath(name)}.html`
}

/**
 * Address of a file of the store.
 * @param {string} dataUrl absolute, or relative to the root of the site
 * @param {string} path of the file in the store
 * @param {string} root address of the root of the site
 */
export function dataUrl(dataUrl, path, root) {
  return new URL(dataUrl, root).href + quotePath(path)
}

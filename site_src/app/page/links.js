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

/**
 * Address of a file of the store.
 * @param {string} dataUrl absolute, or relative to the root of the site
 * @param {string} path of the file in the store
 * @param {string} root address of the root of the site
 */
export function dataUrl(dataUrl, path, root) {
  return new URL(dataUrl, root).href + quotePath(path)
}

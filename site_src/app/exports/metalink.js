// Metalink 4 (RFC 5854): addresses with sizes, checksums and mirrors.

import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const metalink = {
  name: 'metalink',
  label: 'Metalink 4',
  note: 'sizes, SHA-256 and mirrors, for aria2 and others',
  filename: 'files.meta4',
  type: 'application/metalink4+xml',
  async *write(source) {
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n'
    for await (const file of source.files()) yield element(file)
    yield '</metalink>\n'
  },
  command: () => line(['aria2c', '--continue', '--max-concurrent-downloads=4', '--metalink-file=files.meta4']),
}

/** @param {import('../downloads/source.js').StoredFile} file */
function element({ path, url, mirrors, bytes, sha256 }) {
  const digest = sha256 ? `<hash type="sha-256">${sha256}</hash>` : ''
  const urls = [url, ...mirrors].map((one, place) => `<url priority="${place + 1}">${escaped(one)}</url>`)
  return `<file name=${attribute(path)}><size>${bytes}</size>${digest}${urls.join('')}</file>\n`
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('>', '&gt;').replaceAll('<', '&lt;')
}

/**
 * A value with the quotes that Python's quoteattr chooses.
 * @param {string} text
 */
function attribute(text) {
  const safe = escaped(text).replaceAll('\n', '&#10;').replaceAll('\r', '&#13;').replaceAll('\t', '&#9;')
  if (!safe.includes('"')) return `"${safe}"`
  return safe.includes("'") ? `"${safe.replaceAll('"', '&quot;')}"` : `'${safe}'`
}

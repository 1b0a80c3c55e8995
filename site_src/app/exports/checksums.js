// SHA-256 sums in the form of sha256sum, with paths as in the store.

import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const checksums = {
  name: 'checksums',
  label: 'SHA256SUMS',
  note: 'to check what arrived',
  filename: 'SHA256SUMS',
  // Browsers put .txt behind a name without an ending that is said to be text.
  type: 'application/octet-stream',
  async *write(source) {
    for await (const { path, sha256 } of source.files()) if (sha256) yield sum(path, sha256)
  },
  command: () => line(['sha256sum', '--check', '--quiet', 'SHA256SUMS']),
}

/** @param {string} path @param {string} sha256 */
function sum(path, sha256) {
  // GNU coreutils marks a line with an escaped name by a backslash at its start.
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === path ? '' : '\\'}${sha256}  ${escaped}\n`
}

// A configuration of curl that fetches all files into the store's folders.

import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const curl = {
  name: 'curl',
  label: 'curl',
  note: 'addresses and settings',
  filename: 'curl.txt',
  type: 'text/plain',
  async *write(source) {
    yield 'fail\nlocation\ncreate-dirs\nretry = 5\ncontinue-at = "-"\n'
    for await (const { url, path } of source.files()) yield `url = ${quoted(url)}\noutput = ${quoted(path)}\n`
  },
  command: () => line(['curl', '--config', 'curl.txt']),
}

/**
 * A text as the value of an option.
 * @param {string} text
 */
export function quoted(text) {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

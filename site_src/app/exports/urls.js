// Addresses, one a line, for wget.

import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const urls = {
  name: 'urls',
  label: 'wget',
  note: 'addresses, one a line',
  filename: 'urls.txt',
  type: 'text/plain',
  async *write(source) {
    for await (const file of source.files()) yield `${file.url}\n`
  },
  command: ({ folders }) => line([
    'wget', '--continue', '--force-directories', '--no-host-directories', `--cut-dirs=${folders}`, '--input-file=urls.txt',
  ]),
}

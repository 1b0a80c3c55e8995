// Addresses of the pictures on the pages of models, one a line.

import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const previews = {
  name: 'previews',
  label: 'wget',
  note: 'addresses of the pictures, one a line',
  filename: 'previews.txt',
  type: 'text/plain',
  async *write(source) {
    for (const url of await source.previews()) yield `${url}\n`
  },
  command: () => line(['wget', '--continue', '--input-file=previews.txt']),
}

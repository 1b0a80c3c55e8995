// Paths in the store, one a line, for rclone.

import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const rclone = {
  name: 'rclone',
  label: 'rclone',
  note: 'paths in the store',
  filename: 'rclone.txt',
  type: 'text/plain',
  async *write(source) {
    for await (const { path } of source.files()) yield `${path}\n`
  },
  command: ({ stores }) => stores
    .map((store) => line(['rclone', 'copy', '--files-from-raw', 'rclone.txt', '--no-traverse', '--http-url', store, ':http:', '.']))
    .join('\n'),
}

// An input list of aria2 with name and checksum of each file.

import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const aria2 = {
  name: 'aria2',
  label: 'aria2',
  note: 'addresses, mirrors and checksums',
  filename: 'aria2.txt',
  type: 'text/plain',
  async *write(source) {
    for await (const file of source.files()) {
      const checksum = file.sha256 ? `  checksum=sha-256=${file.sha256}\n` : ''
      yield `${[file.url, ...file.mirrors].join('\t')}\n  out=${file.path}\n${checksum}`
    }
  },
  command: () => line(['aria2c', '--continue', '--max-concurrent-downloads=4', '--input-file=aria2.txt']),
}

// Names of the models, one a line.

import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const names = {
  name: 'names',
  label: 'Names of models',
  note: 'one a line',
  filename: 'names.txt',
  type: 'text/plain',
  async *write(source) {
    for (const name of await source.names()) yield `${name}\n`
  },
  command: (source) => line(['portal', 'fetch', '--names', 'names.txt', ...catalogOf(source)]),
}

/**
 * Options of portal fetch that name the catalogue and the files.
 * @param {import('../downloads/source.js').Source} source
 */
export function catalogOf({ site, only }) {
  return ['--catalog', site, ...(only ? ['--only', only] : [])]
}

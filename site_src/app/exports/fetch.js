// The command line of portal fetch: the query itself, or the list of names where there is none.

import { catalogOf, names } from './names.js'
import { line } from './shell.js'

/** Longer command lines are no pleasure to paste. */
const LONGEST = 2000

/** @type {import('./formats.js').Format} */
export const fetch = {
  name: 'fetch',
  label: 'portal fetch',
  note: 'resumes, checks each file',
  filename: 'fetch.txt',
  type: 'text/plain',
  async *write(source) {
    yield `${commandOf(source)}\n`
  },
  command: commandOf,
}

/**
 * The same for spectra, all in one file; it takes models, and all that was seen of them.
 * @type {import('./formats.js').Format}
 */
export const fetchSpectra = {
  ...fetch,
  note: 'all spectra in one file, any number',
  fits: ({ table }) => table === 'models',
  command: (source) => `${commandOf(source)} --to spectra.parquet`,
  async *write(source) {
    yield `${commandOf(source)} --to spectra.parquet\n`
  },
}

/** @param {import('../downloads/source.js').Source} source */
function commandOf(source) {
  const query = source.table === 'models' ? source.expression : null
  if (query === null || query.length > LONGEST) return names.command?.(source) ?? ''
  return line(['portal', 'fetch', ...(query ? [query] : []), ...catalogOf(source)])
}

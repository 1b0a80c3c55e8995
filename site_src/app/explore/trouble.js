// What went wrong with reading a file of observations, in words that say what to do.

import { IndexError } from '../hdf5/btree.js'
import { DamagedError } from '../hdf5/chunkfilters.js'
import { DataError } from '../hdf5/datafile.js'

/** @type {Record<import('../hdf5/datafile.js').Trouble, string>} */
const WAYS = {
  unreachable: 'Try again; if it stays so, the data host is down or blocked where you are.',
  cors: 'Its keeper has to allow it (Access-Control-Allow-Origin). The file itself can be downloaded.',
  missing: 'The file was moved or taken away since the catalogue was made.',
  refused: 'The file itself may still be downloaded.',
  ranges: 'Parts of the file cannot be shown here then; download the file to look at it.',
  changed: 'The file is not the one the catalogue describes, so nothing of it is taken. Its keeper has to scan the store again.',
  hidden: 'Its keeper has to expose Content-Range (Access-Control-Expose-Headers). The file itself can be downloaded.',
  short: 'Something between here and the data host changes what is sent. Try again.',
}

/**
 * What happened, and what to do about it.
 * @param {unknown} error
 */
export function explained(error) {
  if (error instanceof DataError) return `The data cannot be read: ${error.message}. ${WAYS[error.trouble]}`
  if (error instanceof DamagedError || error instanceof IndexError) {
    return `The file is damaged here: ${error.message}. Compare its checksum with the one below.`
  }
  return `The data cannot be shown: ${(error instanceof Error ? error.message : String(error)).replace(/\.$/, '')}.`
}

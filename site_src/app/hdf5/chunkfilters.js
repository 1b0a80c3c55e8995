// The filters of HDF5 undone: what a block of a dataset was before it was stored.

/** Filters that are undone here, by the names of the catalogue. */
const KNOWN = ['gzip', 'shuffle', 'fletcher32']

/** A block whose bytes are not what was written. */
export class DamagedError extends Error {
  name = 'DamagedError'
}

/**
 * Whether all filters of a list, such as `shuffle,gzip`, are known here.
 * @param {string} filters
 */
export function filtersKnown(filters) {
  return names(filters).every((name) => KNOWN.includes(name))
}

/**
 * The bytes of a block before its filters.
 * @param {Uint8Array} stored
 * @param {string} filters in the order of writing, separated by commas
 * @param {number} skipped bit n is set where filter n was left out for this block
 * @param {number} itemsize [byte]
 * @param {number} size of the block, unfiltered [byte]
 */
export async function unfiltered(stored, filters, skipped, itemsize, size) {
  let bytes = stored
  for (const [place, name] of [...names(filters).entries()].reverse()) {
    if (skipped & (1 << place)) continue
    if (name === 'gzip') bytes = await inflated(bytes)
    else if (name === 'shuffle') bytes = unshuffled(bytes, itemsize)
    else if (name === 'fletcher32') bytes = checked(bytes)
  }
  if (bytes.length !== size) throw new DamagedError(`a block of ${bytes.length} bytes where ${size} are expected`)
  return bytes
}

/** @param {string} filters */
function names(filters) {
  return filters.split(',').filter(Boolean)
}

/** @param {Uint8Array} bytes */
async function inflated(bytes) {
  try {
    const stream = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]).stream().pipeThrough(new DecompressionStream('deflate'))
    return new Uint8Array(await new Response(stream).arrayBuffer())
  } catch (error) {
    throw new DamagedError(`a block that cannot be unpacked (${String(error)})`, { cause: error })
  }
}

/**
 * Byte n of every number lies together in `bytes`; put the bytes of each number together again.
 * @param {Uint8Array} bytes
 * @param {number} itemsize
 */
function unshuffled(bytes, itemsize) {
  const count = Math.floor(bytes.length / itemsize)
  const out = new Uint8Array(bytes.length)
  for (let byte = 0; byte < itemsize; byte++) {
    const from = byte * count
    for (let i = 0, to = byte; i < count; i++, to += itemsize) out[to] = bytes[from + i] ?? 0
  }
  // What is no whole number was left as it was, at the end.
  out.set(bytes.subarray(count * itemsize), count * itemsize)
  return out
}

/** @param {Uint8Array} bytes */
function checked(bytes) {
  const end = bytes.length - 4
  const body = bytes.subarray(0, Math.max(end, 0))
  if (end < 0 || new DataView(bytes.buffer, bytes.byteOffset + end).getUint32(0, true) !== fletcher32(body)) {
    throw new DamagedError('a block with a wrong checksum')
  }
  return body
}

/**
 * Fletcher's checksum as HDF5 computes it, of pairs of bytes.
 * @param {Uint8Array} bytes
 */
export function fletcher32(bytes) {
  let low = 0
  let high = 0
  for (let at = 0; at < bytes.length; at += 720) {
    // 360 pairs at a time: the sums stay below 2^32.
    for (let i = at; i < Math.min(at + 720, bytes.length); i += 2) {
      low += (Number(bytes[i]) << 8) | (bytes[i + 1] ?? 0)
      high += low
    }
    low = (low & 0xffff) + (low >>> 16)
    high = (high & 0xffff) + (high >>> 16)
  }
  low = (low & 0xffff) + (low >>> 16)
  high = (high & 0xffff) + (high >>> 16)
  return ((high << 16) | low) >>> 0
}

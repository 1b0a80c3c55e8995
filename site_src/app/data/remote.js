// A file on a web server, read by ranges; as a whole where the server gives no ranges.

/** Bytes read from the end first: the footer of a catalogue, and often all of a small one. */
const TAIL = 1 << 16
/** Bytes skipped rather than spending another request: about 25 ms at 10 Mbit/s. */
const GAP = 1 << 15

/**
 * @typedef {{start: number, end: number}} Range  half-open, in bytes
 * @typedef {{start: number, end: number, data: Promise<ArrayBuffer>}} Segment
 */

/** A catalogue file could not be fetched; `message` is written for people. */
export class FetchError extends Error {
  name = 'FetchError'
}

/**
 * Merge ranges that overlap or lie within `gap` bytes of one another.
 * @param {Range[]} ranges
 * @param {number} [gap]
 */
export function coalesce(ranges, gap = GAP) {
  /** @type {Range[]} */
  const merged = []
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && start <= last.end + gap) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}

/** Answers for hyparquet's AsyncBuffer out of segments that are fetched once. */
export class RemoteFile {
  /** @type {Segment[]} */
  #segments = []
  #url

  #version

  /**
   * @param {string} url
   * @param {number} byteLength
   * @param {boolean} ranges whether the server honours range requests
   * @param {string} version what the server says to tell versions of the file apart
   */
  constructor(url, byteLength, ranges, version = '') {
    this.#url = url
    this.byteLength = byteLength
    this.ranges = ranges
    this.#version = version
  }

  /**
   * Open `url`: one request gives the size, the end of the file, and whether ranges work.
   * @param {string} url
   */
  static async open(url) {
    const response = await request(url, `bytes=-${TAIL}`)
    const data = await response.arrayBuffer()
    if (response.status === 200) return RemoteFile.#whole(url, data)
    const total = Number(/\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1] ?? NaN)
    // Another origin may hide Content-Range, and some servers answer a suffix with a wrong part.
    if (!(total >= data.byteLength && data.byteLength === Math.min(TAIL, total))) {
      return RemoteFile.#whole(url, await (await request(url)).arrayBuffer())
    }
    const file = new RemoteFile(url, total, true, version(response))
    file.#keep(total - data.byteLength, total, Promise.resolve(data))
    return file
  }

  /**
   * @param {string} url
   * @param {ArrayBuffer} data
   */
  static #whole(url, data) {
    const file = new RemoteFile(url, data.byteLength, false)
    file.#keep(0, data.byteLength, Promise.resolve(data))
    return file
  }

  /**
   * Start fetching `ranges` in as few requests as sensible; what is there is not fetched again.
   * @param {Range[]} ranges
   */
  prefetch(ranges) {
    for (const { start, end } of coalesce(ranges.filter((range) => !this.#find(range)))) {
      this.#keep(start, end, this.#fetch(start, end))
    }
  }

  /**
   * The bytes from `start` up to `end`.
   * @param {number} start
   * @param {number} [end]
   */
  async slice(start, end = this.byteLength) {
    if (!this.#find({ start, end })) this.prefetch([{ start, end }])
    const segment = /** @type {Segment} */ (this.#find({ start, end }))
    return (await segment.data).slice(start - segment.start, end - segment.start)
  }

  /** @param {Range} range */
  #find({ start, end }) {
    return this.#segments.find((segment) => segment.start <= start && end <= segment.end)
  }

  /**
   * @param {number} start
   * @param {number} end
   * @param {Promise<ArrayBuffer>} data
   */
  #keep(start, end, data) {
    const segment = { start, end, data }
    this.#segments.push(segment)
    // A failed fetch is forgotten, so that the next read tries again.
    data.catch(() => this.#segments.splice(this.#segments.indexOf(segment), 1))
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  async #fetch(start, end) {
    const response = await request(this.#url, `bytes=${start}-${end - 1}`)
    if (version(response) !== this.#version) {
      throw new FetchError('The catalogue was replaced while you were reading it; reload the page')
    }
    const data = await response.arrayBuffer()
    const part = response.status === 200 ? data.slice(start, end) : data
    if (part.byteLength === end - start) return part
    throw new FetchError(
      `${this.#url}: expected ${end - start} bytes from ${start}, got ${part.byteLength}; reload the page`,
    )
  }
}

/** @param {Response} response */
function version(response) {
  return response.headers.get('ETag') ?? response.headers.get('Last-Modified') ?? ''
}

/**
 * @param {string} url
 * @param {string} [range]
 */
async function request(url, range) {
  let response
  try {
    // no-store: browsers queue ranges of one file behind one another in their cache, and
    // Chromium asks for some of them twice.
    response = await fetch(url, { cache: 'no-store', headers: range ? { Range: range } : {} })
  } catch (error) {
    throw new FetchError(`${url} cannot be reached (${String(error)})`, { cause: error })
  }
  if (response.ok) return response
  throw new FetchError(`${url}: the server answered ${response.status} ${response.statusText}`)
}

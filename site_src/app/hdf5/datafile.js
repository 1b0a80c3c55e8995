// A large file on the data host, of which only ranges are read; nothing of it is kept here.

import { bytes as size } from '../page/format.js'
import { coalesce, FetchError } from '../data/remote.js'

/** A file up to this size is taken whole from a host without ranges [byte]. */
const SMALL = 1 << 20

/**
 * @typedef {import('../data/remote.js').Range} Range
 * @typedef {'unreachable' | 'cors' | 'missing' | 'refused' | 'ranges' | 'changed' | 'hidden' | 'short'} Trouble
 * @typedef {{range: Range, gap: number, resolve: (bytes: Uint8Array) => void, reject: (error: unknown) => void}} Wanted
 */

/** A range could not be read; `message` is written for people, `trouble` for programs. */
export class DataError extends FetchError {
  name = 'DataError'

  /**
   * @param {Trouble} trouble
   * @param {string} message
   * @param {unknown} [cause]
   */
  constructor(trouble, message, cause) {
    super(message, { cause })
    this.trouble = trouble
  }
}

export class DataFile {
  /** Requests sent, and bytes received. */
  traffic = { requests: 0, bytes: 0 }
  /** Called after each answer. @type {(traffic: {requests: number, bytes: number}) => void} */
  onmove = () => {}
  /** @type {Wanted[]} */
  #waiting = []
  /** What tells versions of the file apart. @type {string | null} */
  #version = null
  /** The size that the host tells of beside the ranges, where it hides it with them. @type {Promise<number> | null} */
  #told = null
  #signal
  /** @type {Uint8Array | null} */
  #whole = null

  /**
   * @param {string} url
   * @param {number} bytes size of the file when the catalogue was made
   * @param {AbortSignal} [signal] ends all requests
   */
  constructor(url, bytes, signal) {
    this.url = url
    this.#signal = signal
    this.bytes = bytes
  }

  /**
   * The bytes of some ranges; those asked for at once go together where they lie within `gap`.
   * @param {Range[]} ranges
   * @param {number} [gap]
   * @returns {Promise<Uint8Array[]>}
   */
  read(ranges, gap = 1 << 15) {
    return Promise.all(ranges.map((range) => this.#want(range, gap)))
  }

  /**
   * @param {Range} range
   * @param {number} gap
   * @returns {Promise<Uint8Array>}
   */
  #want(range, gap) {
    if (!(range.start >= 0 && range.start <= range.end && range.end <= this.bytes)) {
      return Promise.reject(new DataError('changed', `bytes ${range.start} to ${range.end} lie outside the file of ${this.bytes} bytes`))
    }
    if (this.#waiting.length === 0) queueMicrotask(() => this.#send())
    return new Promise((resolve, reject) => this.#waiting.push({ range, gap, resolve, reject }))
  }

  #send() {
    const waiting = this.#waiting.splice(0)
    const gap = Math.min(...waiting.map((wanted) => wanted.gap))
    for (const { start, end } of coalesce(waiting.map(({ range }) => range), gap)) {
      const part = waiting.filter(({ range }) => start <= range.start && range.end <= end)
      this.#fetch(start, end).then(
        (bytes) => part.forEach(({ range, resolve }) => resolve(bytes.subarray(range.start - start, range.end - start))),
        (error) => part.forEach(({ reject }) => reject(error)),
      )
    }
  }

  /**
   * @param {number} start
   * @param {number} end
   * @returns {Promise<Uint8Array>}
   */
  async #fetch(start, end) {
    if (this.#whole) return this.#whole.subarray(start, end)
    if (start === end) return new Uint8Array()
    const response = await this.#request(start, end)
    await this.#check(response, start, end)
    if (response.status === 200 && this.bytes > SMALL) {
      await response.body?.cancel()
      throw new DataError('ranges', `the server sends whole files only, and this one has ${size(this.bytes)}`)
    }
    const bytes = new Uint8Array(await response.arrayBuffer().catch((error) => {
      this.#signal?.throwIfAborted()
      throw new DataError('unreachable', `the connection broke (${String(error)})`, error)
    }))
    this.traffic.bytes += bytes.length
    this.onmove(this.traffic)
    const expected = response.status === 200 ? this.bytes : end - start
    if (bytes.length !== expected) {
      throw new DataError(response.status === 200 ? 'changed' : 'short', `expected ${expected} bytes, got ${bytes.length}`)
    }
    if (response.status !== 200) return bytes
    this.#whole = bytes
    return bytes.subarray(start, end)
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  async #request(start, end) {
    this.traffic.requests += 1
    // no-store: browsers queue ranges of one file behind one another in their cache.
    const headers = { Range: `bytes=${start}-${end - 1}` }
    const response = await fetch(this.url, { cache: 'no-store', headers, signal: this.#signal ?? null }).catch(async (error) => {
      this.#signal?.throwIfAborted()
      throw await this.#lost(error)
    })
    if (response.ok) return response
    await response.body?.cancel()
    const said = `the server answered ${response.status} ${response.statusText}`.trim()
    if (response.status === 404 || response.status === 410) throw new DataError('missing', said)
    throw new DataError(response.status === 416 ? 'changed' : 'refused', said)
  }

  /**
   * Tell a host that is away from one that does not let pages of other sites read.
   * @param {unknown} error
   */
  async #lost(error) {
    const answers = await fetch(this.url, { method: 'HEAD', mode: 'no-cors', cache: 'no-store' }).then(() => true, () => false)
    if (answers) return new DataError('cors', 'the server answers, but does not let pages of other sites read it', error)
    return new DataError('unreachable', `the server cannot be reached (${String(error)})`, error)
  }

  /** Size of the file as the host tells it for the whole; NaN where it does not. */
  async #size() {
    const response = await fetch(this.url, { method: 'HEAD', cache: 'no-store', signal: this.#signal ?? null }).catch(() => null)
    return response?.ok ? Number(response.headers.get('Content-Length') ?? NaN) : NaN
  }

  /**
   * Refuse the answer of a file that is not the one the catalogue describes.
   * @param {Response} response
   * @param {number} start
   * @param {number} end
   */
  async #check(response, start, end) {
    const version = response.headers.get('ETag') ?? response.headers.get('Last-Modified') ?? ''
    const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ?? []
    // Another origin may hide Content-Range, but not the length of a whole file.
    const now = total !== undefined ? Number(total) : response.status === 200 ? this.bytes : await (this.#told ??= this.#size())
    if (Number.isNaN(now)) throw new DataError('hidden', 'the server hides how large the file is, so that nothing shows whether it is the right one')
    if (now !== this.bytes) throw new DataError('changed', `it had ${this.bytes} bytes, and has ${now} now`)
    if (this.#version !== null && version !== this.#version) throw new DataError('changed', 'it was replaced while this page was open')
    this.#version = version
    if (first !== undefined && (Number(first) !== start || Number(last) !== end - 1)) {
      throw new DataError('ranges', `asked for bytes ${start} to ${end - 1}, the server sent ${first} to ${last}`)
    }
  }
}

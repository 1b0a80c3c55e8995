// A zip file of members as they are, unpacked and without a clock.

import { crc32 } from '../page/crc32.js'

/** 1980-01-01, the first day that the format knows. */
const DAY = 0x21
/** Made on Unix, so that a member has the rights of a file there. */
const MADE = (3 << 8) | 20
const RIGHTS = (0o100644 << 16) >>> 0

/**
 * @param {[name: string, data: Uint8Array][]} members
 * @returns {Blob}
 */
export function zipOf(members) {
  /** @type {Uint8Array[]} */
  const parts = []
  /** @type {Uint8Array[]} */
  const directory = []
  let at = 0
  for (const [name, data] of members) {
    const title = new TextEncoder().encode(name)
    const told = [crc32(data), data.length, data.length]
    // Bit 11: names are UTF-8.
    const common = [...short(20, 0x800, 0, 0, DAY), ...long(...told), ...short(title.length, 0)]
    const header = Uint8Array.from([...long(0x04034b50), ...common, ...title])
    directory.push(Uint8Array.from([...long(0x02014b50), ...short(MADE), ...common, ...short(0, 0, 0), ...long(RIGHTS, at), ...title]))
    parts.push(header, data)
    at += header.length + data.length
  }
  const size = directory.reduce((total, one) => total + one.length, 0)
  const count = members.length
  const end = Uint8Array.from([...long(0x06054b50), ...short(0, 0, count, count), ...long(size, at), ...short(0)])
  return new Blob(/** @type {BlobPart[]} */ ([...parts, ...directory, end]), { type: 'application/zip' })
}

/** @param {number[]} numbers */
function short(...numbers) {
  return numbers.flatMap((one) => [one & 0xff, (one >>> 8) & 0xff])
}

/** @param {number[]} numbers */
function long(...numbers) {
  return numbers.flatMap((one) => [...short(one & 0xffff), ...short(one >>> 16)])
}

// CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320), as zlib computes it.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

/**
 * CRC-32 of bytes, those of UTF-8 for a text.
 * @param {string | Uint8Array} data
 */
export function crc32(data) {
  let value = 0xffffffff
  for (const byte of typeof data === 'string' ? new TextEncoder().encode(data) : data) {
    value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  }
  return (value ^ 0xffffffff) >>> 0
}

// Files made in pieces, without holding up the page.

/** Text is handed over in pieces of this many characters. */
const PIECE = 1 << 20
/** The page gets its turn after so many ms. */
const TURN = 30

/**
 * A file out of the pieces that a format writes.
 * @param {AsyncIterable<string | Uint8Array<ArrayBuffer>>} pieces
 * @param {string} type media type
 * @param {(bytes: number) => void} progress what has been written so far
 * @param {AbortSignal} signal
 */
export async function blobOf(pieces, type, progress, signal) {
  /** @type {BlobPart[]} */
  const parts = []
  let text = ''
  let written = 0
  let last = performance.now()
  for await (const piece of pieces) {
    written += piece.length
    if (typeof piece !== 'string') parts.push(piece)
    else text += piece
    if (text.length > PIECE) {
      // Encoded now, so that the end brings no long halt.
      parts.push(new Blob([text]))
      text = ''
    }
    if (performance.now() - last > TURN) {
      progress(written)
      await new Promise((resume) => setTimeout(resume))
      last = performance.now()
    }
    signal.throwIfAborted()
  }
  return new Blob([...parts, text], { type })
}

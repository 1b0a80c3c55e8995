// The engine's files, fetched from this site.

const GZIP = [0x1f, 0x8b]

/**
 * The engine's module; the file is compressed, since few plain hosts do that by themselves.
 * @param {string} url
 * @param {(bytes: number) => void} onprogress
 */
export async function fetched(url, onprogress) {
  const response = await fetch(url)
  if (!response.ok || !response.body) throw new Error(`${url}: the server answered ${response.status} ${response.statusText}`)
  let received = 0
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        received += chunk.byteLength
        onprogress(received)
        controller.enqueue(chunk)
      },
    }),
  )
  const data = await new Response(counted).blob()
  const [first, second] = new Uint8Array(await data.slice(0, 2).arrayBuffer())
  // Some hosts say Content-Encoding: gzip by the name, and the browser has unpacked it then.
  const packed = first === GZIP[0] && second === GZIP[1]
  const module = packed ? data.stream().pipeThrough(new DecompressionStream('gzip')) : data.stream()
  return new Response(module, { headers: { 'Content-Type': 'application/wasm' } }).blob()
}

/**
 * Rejects when a worker cannot be loaded, of which the engine says nothing.
 * @param {Worker} worker
 * @returns {Promise<never>}
 */
export function broken(worker) {
  return new Promise((_, reject) => {
    worker.addEventListener('error', ({ message }) => reject(new Error(message || 'The worker of the engine cannot be loaded')))
  })
}

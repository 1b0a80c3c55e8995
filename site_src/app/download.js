// Files made in the page from the selection.

/**
 * A list for `wget -i` or `aria2c -i`.
 * @param {string[]} urls
 */
export function urlList(urls) {
  return urls.map((url) => `${url}\n`).join('')
}

/**
 * A table in CSV (RFC 4180).
 * @param {string[]} header
 * @param {Iterable<string[]>} rows
 */
export function csv(header, rows) {
  const lines = [header, ...rows].map((row) => row.map(cell).join(','))
  return `${lines.join('\r\n')}\r\n`
}

/** @param {string} text */
function cell(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * Hand a text or a picture to the browser as a file to save.
 * @param {string} name
 * @param {BlobPart} text
 * @param {string} type
 */
export function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  // No click of the user's: a panel that closes at a click elsewhere stays open.
  link.addEventListener('click', (event) => event.stopPropagation())
  document.body.append(link)
  link.click()
  link.remove()
  // Some browsers start reading after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

// Files made in the page.

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

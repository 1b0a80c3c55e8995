/**
 * A text with its ASCII letters in lower case. Beyond them no two programs agree on what
 * lower case is.
 * @param {string} text
 */
export function lower(text) {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

// Words of a command line, quoted as Python's shlex does.

/** @param {string} text */
export function quoted(text) {
  if (text !== '' && !/[^\w@%+=:,./-]/.test(text)) return text
  return `'${text.replaceAll("'", `'"'"'`)}'`
}

/** @param {string[]} words */
export function line(words) {
  return words.map(quoted).join(' ')
}

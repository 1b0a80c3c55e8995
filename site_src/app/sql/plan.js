// Which columns a statement reads, taken from the engine's own plan for it.

/**
 * @typedef {{name: string, children?: Node[], extra_info?: Record<string, unknown>}} Node
 */

/**
 * Columns that a plan reads of each table; a table that is only counted has none.
 * @param {Node[]} plan as EXPLAIN gives it in JSON
 * @returns {Map<string, Set<string>>}
 */
export function scanned(plan) {
  /** @type {Map<string, Set<string>>} */
  const tables = new Map()
  const visit = (/** @type {Node} */ node) => {
    const table = node.extra_info?.['Table']
    if (typeof table === 'string') {
      const name = table.split('.').at(-1) ?? table
      const columns = tables.get(name) ?? new Set()
      for (const column of listed(node.extra_info?.['Projections'])) columns.add(column)
      tables.set(name, columns)
    }
    node.children?.forEach(visit)
  }
  plan.forEach(visit)
  return tables
}

/** @param {unknown} projections one name, several, or '' */
function listed(projections) {
  if (Array.isArray(projections)) return projections.map(String)
  return projections ? [String(projections)] : []
}

/**
 * The statements of a text, each with where it begins.
 * @param {string} text
 * @param {{offsets: number[], types: number[]}} tokens as the engine finds them, in bytes
 */
export function statements(text, tokens) {
  const bytes = new TextEncoder().encode(text)
  const decoder = new TextDecoder()
  const found = []
  let start = 0
  for (const end of [...tokens.offsets.filter((at) => bytes[at] === SEMICOLON), bytes.length]) {
    const own = tokens.offsets.some((at) => at >= start && at < end)
    if (own) found.push({ text: decoder.decode(bytes.subarray(start, end)), start: decoder.decode(bytes.subarray(0, start)).length })
    start = end + 1
  }
  return found
}

const SEMICOLON = 59

/**
 * Where the engine's message points to in a statement; null if it points nowhere.
 * @param {string} message
 * @param {string} statement
 */
export function place(message, statement) {
  const found = /^LINE (\d+): (.*)\n( *)\^/m.exec(message)
  if (!found) return null
  const [, line = '1', shown = '', blanks = ''] = found
  const lines = statement.split('\n')
  const own = lines[Number(line) - 1]
  if (own === undefined) return null
  // A long line is cut at both ends.
  const cut = shown.replace(/^\.\.\./, '').replace(/\.\.\.$/, '')
  const shift = Math.max(own.indexOf(cut), 0) - (shown.startsWith('...') ? 3 : 0)
  const column = Math.max(blanks.length - `LINE ${line}: `.length + shift, 0)
  const before = lines.slice(0, Number(line) - 1).reduce((sum, text) => sum + text.length + 1, 0)
  return Math.min(before + column, statement.length)
}

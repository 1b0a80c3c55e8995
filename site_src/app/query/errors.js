// Errors of queries: what is wrong, what was seen, what was expected, the way out, the place.

/**
 * @typedef {{text: string, start: number, end: number}} Span a part of a text
 */

const HELP = 'the page Finding models has examples'

export class QueryError extends Error {
  /**
   * @param {string} message all of it in one line
   * @param {Span} span
   * @param {string} wayOut
   */
  constructor(message, { start, end }, wayOut) {
    super(message)
    this.name = 'QueryError'
    /** First character that is wrong, as the text is indexed. */
    this.start = start
    /** Character after the last one that is wrong. */
    this.end = end
    this.wayOut = wayOut
  }
}

/**
 * Throw an error that marks the place between >>> and <<<.
 * @param {string} what
 * @param {Span} span
 * @param {{seen: string, expected: string, wayOut?: string}} told
 * @returns {never}
 */
export function fail(what, span, { seen, expected, wayOut = '' }) {
  const { text, start, end } = span
  const before = Array.from(text.slice(0, start))
  const after = Array.from(text.slice(end))
  // A pasted list of identifiers may be long; the place is what matters.
  const marked = `${before.slice(-40).join('')}>>>${text.slice(start, end)}<<<${after.slice(0, 40).join('')}`
  const way = wayOut || HELP
  const message = `${what}: expected ${expected}, got ${seen}; ${way} [character ${before.length + 1}: ${marked}]`
  throw new QueryError(message, span, way)
}

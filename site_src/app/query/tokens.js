// The words of the query language, each with its place; as portal.catalog.tokens has them.

import { fail } from './errors.js'

/**
 * @typedef {import('./errors.js').Span} Span
 * @typedef {'number' | 'name' | 'string' | 'mark' | 'word' | 'end'} TokenKind
 * @typedef {{kind: TokenKind, text: string, span: Span, unit: string}} Token
 */

export const KEYWORDS = ['and', 'false', 'in', 'is', 'not', 'null', 'or', 'true']
/** White space, the pasted kind that does not break included. */
export const WHITE = '[\\t-\\r \\u00a0]'

const FACTOR = `(?!(?:${KEYWORDS.join('|')})\\b)[A-Za-zµμ]+(?:(?:\\^|\\*\\*)?[-+]?[0-9]+)?`
const MORE = `(?:${WHITE}*(?:/|\\.|\\*(?!\\*))${WHITE}*|${WHITE}+)${FACTOR}`
const TOKEN = new RegExp(
  `(?:` +
    `(?<number>(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?)` +
    `(?:${WHITE}*(?<unit>${FACTOR}(?:${MORE})*))?` +
    '|(?<name>[A-Za-z_][A-Za-z0-9_]*|`(?:[^`]|``)+`)' +
    `|(?<string>"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*')` +
    '|(?<mark>[<>=!]=|[\\]\\[<>(),+\\-])' +
    '|(?<end>$))',
  'suy',
)
const LEADING = new RegExp(`${WHITE}*`, 'y')
const KINDS = /** @type {const} */ (['number', 'name', 'string', 'mark', 'end'])
const HINTS = /** @type {Record<string, string>} */ ({
  '=': 'write == for a comparison',
  '&': 'write and',
  '|': 'write or',
  '!': 'write not, or != for a comparison',
  '~': 'write not',
  '"': 'close the text with another quotation mark',
  "'": 'close the text with another quotation mark',
  '`': 'close the name with another backtick',
})

/**
 * The words of a text; the last one is its end.
 * @param {string} text
 * @returns {Token[]}
 * @throws {import('./errors.js').QueryError} if a character begins no word
 */
export function tokens(text) {
  const found = /** @type {Token[]} */ ([])
  let end = 0
  while (found.at(-1)?.kind !== 'end') {
    LEADING.lastIndex = end
    const start = end + (LEADING.exec(text)?.[0].length ?? 0)
    TOKEN.lastIndex = start
    const match = TOKEN.exec(text)
    const groups = match?.groups
    const kind = groups && KINDS.find((one) => groups[one] !== undefined)
    if (!match || !groups || !kind) return stray(text, start)
    const word = groups[kind] ?? ''
    end = start + match[0].length
    found.push({
      kind: kind === 'name' && KEYWORDS.includes(word) ? 'word' : kind,
      text: word,
      span: { text, start, end },
      unit: groups.unit ?? '',
    })
  }
  return found
}

/**
 * @param {string} text
 * @param {number} start
 * @returns {never}
 */
function stray(text, start) {
  const sign = String.fromCodePoint(text.codePointAt(start) ?? 0)
  fail('query: not understood', { text, start, end: start + sign.length }, {
    seen: sign,
    expected: 'a column, a number, a text in quotation marks, a comparison or (',
    wayOut: HINTS[sign] ?? '',
  })
}

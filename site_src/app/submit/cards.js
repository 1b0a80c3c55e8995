// Cards of a FITS header: values of every type, long texts (CONTINUE) and long names (HIERARCH).

/** @typedef {string | number | boolean | null} Value */

const CARD = 80

export class Cards {
  /** @type {Map<string, Value>} */
  #values = new Map()

  /** @type {Map<string, string>} */
  #comments = new Map()

  /** @param {string} text the header, 80 characters a card */
  constructor(text) {
    let last = ''
    for (let at = 0; at + CARD <= text.length; at += CARD) {
      const card = text.slice(at, at + CARD)
      const held = this.#values.get(last)
      if (card.startsWith('CONTINUE') && typeof held === 'string' && held.endsWith('&')) {
        const more = quotedText(card.slice(8).trim())
        this.#values.set(last, held.slice(0, -1) + (more ?? ''))
        continue
      }
      const [name, value] = parsed(card)
      last = name
      // The first card of a name counts, as it does for other programs.
      if (!name || this.#values.has(name)) continue
      this.#values.set(name, value)
      this.#comments.set(name, card.replace(/'(?:[^']|'')*'/, '').split('/').slice(1).join('/'))
    }
  }

  /** @param {string} name */
  has(name) {
    return this.#values.has(name)
  }

  /**
   * What stands behind the value, in small letters.
   * @param {string} name
   */
  comment(name) {
    return (this.#comments.get(name) ?? '').trim().toLowerCase()
  }

  /**
   * A text that says something, without blanks around it.
   * @param {string} name
   */
  text(name) {
    const value = this.#values.get(name)
    const text = typeof value === 'string' ? value.trim() : ''
    return text === '' ? null : text
  }

  /**
   * A number, also where it stands as text.
   * @param {string} name
   */
  number(name) {
    const value = this.#values.get(name)
    if (typeof value === 'number') return Number.isFinite(value) ? value : null
    return typeof value === 'string' ? plainNumber(value) : null
  }

  /**
   * The first of some keywords that gives a text.
   * @param {string[]} names
   * @returns {[string, string] | null}
   */
  firstText(names) {
    for (const name of names) {
      const text = this.text(name)
      if (text !== null) return [name, text]
    }
    return null
  }

  /**
   * The first of some keywords that gives a number.
   * @param {string[]} names
   * @returns {[string, number] | null}
   */
  firstNumber(names) {
    for (const name of names) {
      const number = this.number(name)
      if (number !== null) return [name, number]
    }
    return null
  }
}

/**
 * Name and value of a card; an empty name for a comment.
 * @param {string} card
 * @returns {[string, Value]}
 */
function parsed(card) {
  if (card.startsWith('HIERARCH ')) {
    const at = card.indexOf('=')
    return at < 0 ? ['', null] : [card.slice(9, at).trim().toUpperCase(), valueIn(card.slice(at + 1))]
  }
  const name = card.slice(0, 8).trim().toUpperCase()
  return card[8] === '=' ? [name, valueIn(card.slice(9))] : ['', null]
}

/** @param {string} text what follows the equals sign */
function valueIn(text) {
  const rest = text.trim()
  if (rest.startsWith("'")) return quotedText(rest)
  const word = rest.split('/')[0]?.trim() ?? ''
  if (word === 'T' || word === 'F') return word === 'T'
  return plainNumber(word)
}

/**
 * The text in quotation marks that begins here, two of them standing for one.
 * @param {string} text
 */
function quotedText(text) {
  const found = /^'((?:[^']|'')*)'/.exec(text)
  return found ? (found[1] ?? '').replaceAll("''", "'").trimEnd() : null
}

/** @param {string} text */
function plainNumber(text) {
  const word = text.trim()
  return /^[+-]?(\d+\.?\d*|\.\d+)([EeDd][+-]?\d+)?$/.test(word) ? Number(word.replace(/[Dd]/, 'e')) : null
}

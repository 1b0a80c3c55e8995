// Cards of a FITS header: values of every type, long texts (CONTINUE) and long names (HIERARCH).

/** @typedef {string | number | boolean | null} Value */

const CARD = 80

export class Cards {
  /** @type {Map<string, Value>} */
  #values = new Map()

  /** @type {Map<string, string>} */
  #comments = new Map()

  /** Texts of the cards HISTORY. @type {string[]} */
  history = []

  /** Cards that speak where these are silent. @type {Cards | null} */
  #under = null
  /** Names that are not asked for there. @type {RegExp} */
  #hidden = /(?!)/

  /** @param {string} text the header, 80 characters a card */
  constructor(text) {
    let last = ''
    for (let at = 0; at + CARD <= text.length; at += CARD) {
      const card = text.slice(at, at + CARD)
      const held = this.#values.get(last)
      if (card.startsWith('HISTORY ')) this.history.push(card.slice(8).trimEnd())
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
    this.#alias()
  }

  /**
   * These cards, and where they are silent those of another header but for the hidden ones.
   * @param {Cards} under
   * @param {RegExp} hidden
   */
  over(under, hidden) {
    const both = new Cards('')
    both.#values = this.#values
    both.#comments = this.#comments
    both.history = this.history
    both.#under = under
    both.#hidden = hidden
    return both
  }

  /** @param {string} name */
  has(name) {
    return this.#holder(name) !== null
  }

  /** Names of all cards that have a value. @returns {string[]} */
  names() {
    const others = this.#under?.names().filter((name) => !this.#values.has(name) && !this.#hidden.test(name)) ?? []
    return [...this.#values.keys(), ...others]
  }

  /** What stands there as it is. @param {string} name */
  value(name) {
    const holder = this.#holder(name)
    return holder === null ? null : (holder.#values.get(name) ?? null)
  }

  /** @param {string} name @returns {Cards | null} */
  #holder(name) {
    if (this.#values.has(name)) return this
    return this.#under === null || this.#hidden.test(name) ? null : this.#under.#holder(name)
  }

  /** Herschel: META_0 holds the value, key.META_0 its name. */
  #alias() {
    for (const [name, alias] of [...this.#values]) {
      const held = name.startsWith('KEY.') ? this.#values.get(name.slice(4)) : undefined
      if (held !== undefined && typeof alias === 'string' && alias && !this.#values.has(alias.toUpperCase())) this.#values.set(alias.toUpperCase(), held)
    }
  }

  /**
   * What stands behind the value.
   * @param {string} name
   */
  comment(name) {
    const holder = this.#holder(name)
    return holder === null ? '' : (holder.#comments.get(name) ?? '').trim()
  }

  /**
   * The value as text, without blanks around it; null for nothing.
   * @param {string} name
   */
  text(name) {
    const value = this.value(name)
    if (value === null) return null
    return (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)).trim() || null
  }

  /**
   * A number, also where it stands as text.
   * @param {string} name
   */
  number(name) {
    const value = this.value(name)
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

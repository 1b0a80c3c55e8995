// The syntax of the query language, as portal.catalog.expression has it: from text to a tree.

import { fail } from './errors.js'
import { tokens } from './tokens.js'

/**
 * @typedef {import('./errors.js').Span} Span
 * @typedef {import('./tokens.js').Token} Token
 * @typedef {{kind: 'name', name: string, span: Span}} Name
 * @typedef {{kind: 'literal', value: string | number | boolean, unit: string, span: Span}} Literal
 * @typedef {'<' | '<=' | '==' | '!=' | '>=' | '>'} Operator
 * @typedef {{kind: 'compare', left: Name | Literal, operator: Operator, right: Name | Literal}} Compare
 * @typedef {{kind: 'member', name: Name, values: Literal[]}} Member
 * @typedef {{kind: 'contain', text: Literal, name: Name}} Contain
 * @typedef {{kind: 'cone', name: Name, ra: Literal, dec: Literal, radius: Literal}} Cone
 * @typedef {{kind: 'null', name: Name}} Missing
 * @typedef {{kind: 'not', node: Node}} Not
 * @typedef {{kind: 'all' | 'any', nodes: Node[]}} Joined
 * @typedef {Name | Compare | Member | Contain | Cone | Missing | Not | Joined} Node
 */

const CONE = ['the right ascension', 'the declination', 'the radius']
const COMPARATORS = ['<', '<=', '==', '!=', '>=', '>']
// As deep as the other programs that read queries.
const DEEPEST = 100

/**
 * Tree of an expression.
 * @param {string} text
 * @returns {Node}
 * @throws {import('./errors.js').QueryError} if it is not an expression
 */
export function parse(text) {
  return new Parser(text).whole()
}

class Parser {
  #tokens
  #next = 0
  #depth = 0

  /** @param {string} text */
  constructor(text) {
    this.#tokens = tokens(text)
  }

  whole() {
    const node = this.#any()
    if (this.#token.kind !== 'end') this.#wrong('and, or, or the end of the query')
    return node
  }

  get #token() {
    return /** @type {Token} */ (this.#tokens[this.#next])
  }

  /** @param {string[]} texts */
  #sees(...texts) {
    const { kind, text } = this.#token
    return (kind === 'word' || kind === 'mark') && texts.includes(text)
  }

  /**
   * The next token, passed over, if it is one of these words or marks.
   * @param {string[]} texts
   */
  #take(...texts) {
    if (!this.#sees(...texts)) return null
    return this.#tokens[this.#next++] ?? null
  }

  /**
   * @param {string} text
   * @param {string} expected
   */
  #need(text, expected) {
    return this.#take(text) ?? this.#wrong(expected)
  }

  /**
   * @param {string} expected
   * @returns {never}
   */
  #wrong(expected) {
    const { kind, text, span } = this.#token
    fail('query: not understood', span, { seen: kind === 'end' ? 'the end of the query' : text, expected })
  }

  /** @returns {Node} */
  #any() {
    const nodes = [this.#all()]
    while (this.#take('or')) nodes.push(this.#all())
    return joined('any', nodes)
  }

  /** @returns {Node} */
  #all() {
    const nodes = [this.#not()]
    while (this.#take('and')) nodes.push(this.#not())
    return joined('all', nodes)
  }

  /** @returns {Node} */
  #not() {
    const { span } = this.#token
    if (++this.#depth > DEEPEST) {
      fail('query: nested too deeply', span, {
        seen: `more than ${DEEPEST} levels`,
        expected: `at most ${DEEPEST} levels`,
        wayOut: 'take brackets and not away that change nothing',
      })
    }
    const node = this.#take('not') ? /** @type {Not} */ ({ kind: 'not', node: this.#not() }) : this.#test()
    this.#depth--
    return node
  }

  /** @returns {Node} */
  #test() {
    if (this.#take('(')) {
      const node = this.#any()
      this.#need(')', ') after the expression in brackets')
      return node
    }
    const head = this.#token.text
    const left = this.#operand()
    if (left.kind === 'name' && head === 'cone' && this.#take('(')) return this.#cone(left)
    if (left.kind === 'name' && this.#take('is')) {
      const negated = this.#take('not')
      this.#need('null', 'null after is')
      return opposite({ kind: 'null', name: left }, negated)
    }
    if (!this.#sees('not', 'in')) return this.#comparison(left)
    const negated = this.#take('not')
    this.#need('in', 'in after not')
    return opposite(left.kind === 'name' ? this.#member(left) : this.#contain(left), negated)
  }

  /**
   * @param {Name | Literal} first
   * @returns {Node}
   */
  #comparison(first) {
    const nodes = /** @type {Compare[]} */ ([])
    let left = first
    for (let taken = this.#take(...COMPARATORS); taken; taken = this.#take(...COMPARATORS)) {
      const right = this.#operand()
      nodes.push({ kind: 'compare', left, operator: /** @type {Operator} */ (taken.text), right })
      left = right
    }
    if (nodes.length > 0) return joined('all', nodes)
    return first.kind === 'name' ? first : this.#wrong('a comparison: < <= == != >= >')
  }

  /**
   * @param {Name} name
   * @returns {Cone}
   */
  #cone(name) {
    const [ra, dec, radius] = CONE.map((what, at) => {
      if (at > 0) this.#need(',', `, and ${what} of the cone`)
      if (this.#token.kind !== 'number' && !this.#sees('-', '+')) this.#wrong(`${what} of the cone, a number`)
      return this.#literal()
    })
    this.#take(',')
    this.#need(')', ') after the radius of the cone')
    return /** @type {Cone} */ ({ kind: 'cone', name, ra, dec, radius })
  }

  /**
   * @param {Name} name
   * @returns {Member}
   */
  #member(name) {
    const opening = this.#take('(', '[') ?? this.#wrong('a list such as (1, 2) after in')
    const closing = opening.text === '(' ? ')' : ']'
    const values = [this.#literal()]
    while (this.#take(',') && !this.#sees(closing)) values.push(this.#literal())
    this.#need(closing, `, or ${closing} in a list of values`)
    return { kind: 'member', name, values }
  }

  /**
   * @param {Literal} text
   * @returns {Contain}
   */
  #contain(text) {
    if (this.#token.kind !== 'name') this.#wrong('a column after in')
    return { kind: 'contain', text, name: this.#name() }
  }

  #operand() {
    return this.#token.kind === 'name' ? this.#name() : this.#literal()
  }

  /** @returns {Name} */
  #name() {
    const { text, span } = this.#token
    this.#next++
    const name = text.startsWith('`') ? text.slice(1, -1).replaceAll('``', '`') : text
    return { kind: 'name', name, span }
  }

  /** @returns {Literal} */
  #literal() {
    const sign = this.#take('-', '+')
    const { kind, text, unit, span } = this.#token
    if (kind === 'number') {
      this.#next++
      const value = sign?.text === '-' ? -Number(text) : Number(text)
      return { kind: 'literal', value, unit, span: { ...span, start: sign?.span.start ?? span.start } }
    }
    if (!sign && kind === 'string') {
      this.#next++
      return { kind: 'literal', value: text.slice(1, -1).replace(/\\(.)/gsu, '$1'), unit: '', span }
    }
    if (!sign && this.#take('true', 'false')) return { kind: 'literal', value: text === 'true', unit: '', span }
    return this.#wrong(sign ? 'a number' : 'a column, a number or a text in quotation marks')
  }
}

/**
 * @param {'all' | 'any'} kind
 * @param {Node[]} nodes
 * @returns {Node}
 */
function joined(kind, nodes) {
  return nodes.length === 1 ? /** @type {Node} */ (nodes[0]) : { kind, nodes }
}

/**
 * @param {Node} node
 * @param {Token | null} negated
 * @returns {Node}
 */
function opposite(node, negated) {
  return negated ? { kind: 'not', node } : node
}

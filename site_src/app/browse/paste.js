// The panel that chooses models by a pasted list of names, with whatever separators.

import { tooLong } from './address.js'
import { h } from '../page/dom.js'
import { count } from '../page/format.js'

/** Names that were not found and are listed. */
const MOST = 12

/** @typedef {{found: string[], missing: string[]}} Pasted */

/**
 * Names in a text that are names of models, and what is none. A line may be a name with
 * spaces; else names stand between white space, commas, semicolons, bars and quotation marks.
 * Paths and addresses of files and pages count as the names they hold.
 * @param {string} text
 * @param {Set<string>} known
 * @returns {Pasted}
 */
export function namesIn(text, known) {
  /** @type {Set<string>} */
  const found = new Set()
  /** @type {Set<string>} */
  const missing = new Set()
  for (const line of text.split(/[\r\n]+/)) {
    const words = known.has(line.trim()) ? [line.trim()] : line.split(/[\s,;|"'`[\](){}]+/)
    for (const word of words.filter(Boolean)) {
      const name = [word, stem(word)].find((candidate) => known.has(candidate))
      if (name === undefined) missing.add(word)
      else found.add(name)
    }
  }
  return { found: [...found], missing: [...missing] }
}

/**
 * What a path or an address of a file or page calls the model.
 * @param {string} word
 */
function stem(word) {
  const last = word.replace(/[?#].*$/, '').replace(/^.*[/\\]/, '').replace(/\.(h5|hdf5|html)$/i, '')
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

export class PastePanel {
  #text = h('textarea', { rows: 8, spellcheck: 'false', 'aria-label': 'Names of models', placeholder: 'spiral-mdot1e-06…\nmodels/disk-mdot…h5, …' })
  #told = h('p', { role: 'status' })
  #names
  #onchoose

  /**
   * @param {HTMLElement} element
   * @param {() => Promise<Set<string>>} names of all models
   * @param {(ids: string[] | null) => void} onchoose
   */
  constructor(element, names, onchoose) {
    this.#names = names
    this.#onchoose = onchoose
    const help = h('p', {}, 'Names, paths or addresses, one a line or with any separator between them.')
    const choose = h('button', { type: 'button', class: 'browse-button', onclick: () => void this.#choose() }, 'Show these models')
    const clear = h('button', { type: 'button', class: 'browse-clear', onclick: () => this.#clear() }, 'Clear')
    element.replaceChildren(help, this.#text, h('div', { class: 'browse-actions' }, choose, clear), this.#told)
  }

  /**
   * Show the list that is in force.
   * @param {import('../data/filters.js').Filter | undefined} filter
   */
  set(filter) {
    if (filter?.kind === 'ids' && this.#text.value.trim() === '') this.#text.value = filter.ids.join('\n')
  }

  async #choose() {
    this.#told.textContent = 'Looking them up …'
    try {
      const { found, missing } = namesIn(this.#text.value, await this.#names())
      this.#told.textContent = inWords(found, missing)
      if (found.length > 0) this.#onchoose(found)
    } catch (error) {
      this.#told.textContent = error instanceof Error ? error.message : String(error)
    }
  }

  #clear() {
    this.#text.value = ''
    this.#told.textContent = ''
    this.#onchoose(null)
  }
}

/**
 * @param {string[]} found
 * @param {string[]} missing
 */
function inWords(found, missing) {
  const all = found.length + missing.length
  if (all === 0) return 'There is no name in the field.'
  const parts = [missing.length === 0 ? `All ${count(all)} names were found.` : `${count(found.length)} of ${count(all)} names were found.`]
  if (missing.length > 0) {
    const more = missing.length > MOST ? ` and ${count(missing.length - MOST)} more` : ''
    parts.push(`No model is called ${missing.slice(0, MOST).join(', ')}${more}.`)
  }
  if (tooLong(found)) parts.push('The list is too long for an address: it stays in this tab, and a link to this page does not carry it.')
  return parts.join(' ')
}

// A list of forms to save the selection in, each with the command that it is for.

import { save } from './download.js'
import { h } from '../page/dom.js'
import { bytes, count } from '../page/format.js'
import { blobOf } from './saving.js'

/** A button that has copied says so for this long, in ms. */
const SAID = 2000

/**
 * @typedef {import('../exports/formats.js').Format} Format
 * @typedef {import('./source.js').Source} Source
 */

export class Forms {
  #list = h('ul', { class: 'planner-forms' })
  #bar = h('progress', { 'aria-label': 'Progress', hidden: true })
  #status = h('span', { role: 'status' })
  #cancel = h('button', { type: 'button', hidden: true, onclick: () => this.#job?.abort() }, 'Cancel')
  #failure = h('p', { class: 'planner-failure', role: 'alert', hidden: true })
  /** @type {AbortController | null} */
  #job = null
  /** @type {[Format, HTMLButtonElement][]} */
  #buttons = []

  #progress = h('p', { class: 'planner-progress' }, this.#bar, this.#status, this.#cancel)

  element = h('div', {}, this.#list, this.#progress, this.#failure)

  /**
   * @param {Format[]} formats
   * @param {Source} source
   */
  show(formats, source) {
    this.#job?.abort()
    this.#failure.hidden = true
    this.#status.textContent = ''
    const fitting = formats.filter(({ fits }) => fits?.(source) ?? true)
    this.#buttons = fitting.map((format) => [format, this.#button(format, source)])
    this.#list.replaceChildren(...this.#buttons.map(([format, button]) => item(format, button, format.command?.(source))))
  }

  /**
   * Shut forms that cannot take so much.
   * @param {number} amount
   */
  limit(amount) {
    for (const [{ most }, button] of this.#buttons) {
      if (most === undefined) continue
      button.disabled = amount > most
      button.title = amount > most ? `At most ${count(most)} are read here; the list for curl takes any number` : ''
    }
  }

  /** @param {Format} format @param {Source} source */
  #button(format, source) {
    return h('button', { type: 'button', class: 'planner-save', 'data-format': format.name, onclick: () => void this.#save(format, source) },
      `Save ${format.filename}`)
  }

  /** @param {Format} format @param {Source} source */
  async #save(format, source) {
    this.#job?.abort()
    const job = new AbortController()
    this.#job = job
    this.#failure.hidden = true
    this.#bar.hidden = this.#cancel.hidden = false
    this.#bar.removeAttribute('value')
    this.#status.textContent = 'Reading…'
    try {
      const counted = (/** @type {number} */ done, /** @type {number} */ total) => {
        this.#bar.max = Math.max(total, 1)
        this.#bar.value = done
        this.#status.textContent = `${count(done)} of ${count(total)}`
      }
      const pieces = format.write(source, counted, job.signal)
      const blob = await blobOf(pieces, format.type, (size) => (this.#status.textContent = bytes(size)), job.signal)
      save(format.filename, blob, format.type)
      this.#status.textContent = `${format.filename}: ${bytes(blob.size)}`
    } catch (error) {
      const stopped = job.signal.aborted
      this.#status.textContent = stopped && this.#job === job ? 'Stopped' : ''
      if (!stopped) {
        job.abort()
        this.#failure.textContent = error instanceof Error ? error.message : String(error)
        this.#failure.hidden = false
      }
    } finally {
      if (this.#job === job) this.#bar.hidden = this.#cancel.hidden = true
    }
  }
}

/**
 * @param {Format} format
 * @param {HTMLButtonElement} button
 * @param {string | undefined} command
 */
function item({ label, note }, button, command) {
  const about = h('p', {}, h('strong', {}, label), ' ', h('span', { class: 'planner-note' }, note), button)
  if (!command) return h('li', {}, about)
  const copy = h('button', { type: 'button', class: 'planner-copy', 'aria-label': `Copy the command for ${label}` }, 'Copy')
  copy.addEventListener('click', () => void copied(copy, command))
  return h('li', {}, about, h('div', { class: 'planner-command' }, h('pre', { role: 'group', tabindex: 0, 'aria-label': `Command for ${label}` }, h('code', {}, command)), copy))
}

/** @param {HTMLElement} button @param {string} text */
async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
  } catch {
    // Pages without HTTPS may not write to the clipboard.
    button.textContent = 'Select it'
    const code = button.previousElementSibling
    if (code) getSelection()?.selectAllChildren(code)
  }
  setTimeout(() => (button.textContent = 'Copy'), SAID)
}

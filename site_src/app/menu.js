// Panels that open under a button, and what to take away.

import { h } from './dom.js'
import { bytes, count } from './format.js'

/**
 * Close a panel by Escape or a click elsewhere, and let it open only one at a time.
 * @param {HTMLDetailsElement} panel
 */
export function dismissable(panel) {
  document.addEventListener('click', (event) => {
    if (panel.open && !event.composedPath().includes(panel)) panel.open = false
  })
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !panel.open) return
    panel.open = false
    panel.querySelector('summary')?.focus()
  })
}

/**
 * Buttons that save the selection.
 * @param {HTMLElement} element
 * @param {{label: string, note: string, action: () => Promise<void>}[]} offers
 * @returns {{describe: (models: number, size: number) => void}}
 */
export function downloadMenu(element, offers) {
  const summary = h('p', { class: 'browse-size' })
  const failure = h('p', { role: 'alert', class: 'browse-failure', hidden: true })
  const buttons = offers.map(({ label, note, action }) => {
    const button = h('button', { type: 'button' }, h('strong', {}, label), h('span', {}, note))
    button.addEventListener('click', () => {
      button.disabled = true
      failure.hidden = true
      action()
        .catch((error) => {
          failure.textContent = String(error?.message ?? error)
          failure.hidden = false
        })
        .finally(() => (button.disabled = false))
    })
    return button
  })
  const command = h('p', {}, 'Fetch a list, and go on where it stopped, with ', h('code', {}, 'wget -c -x -nH -i files.txt'))
  element.replaceChildren(summary, ...buttons, command, failure)
  return {
    describe(models, size) {
      const amount = Number.isNaN(size) ? '…' : bytes(size)
      summary.textContent = `${count(models)} ${models === 1 ? 'model' : 'models'}, ${amount} of HDF5 files`
    },
  }
}

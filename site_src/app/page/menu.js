// Panels that open under a button.

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

// Colours of the theme for what is drawn on a canvas, and word when they change.

/**
 * @typedef {object} Inks
 * @property {string} ink text and marks
 * @property {string} muted labels of axes
 * @property {string} line grid
 * @property {string} panel background
 * @property {string} accent
 * @property {boolean} dark
 */

/**
 * The colours in force where an element stands.
 * @param {Element} element
 * @returns {Inks}
 */
export function inks(element) {
  const style = getComputedStyle(element)
  const colour = (/** @type {string} */ name, /** @type {string} */ fallback) => style.getPropertyValue(name).trim() || fallback
  return {
    ink: colour('--md-default-fg-color', '#1d252c'),
    muted: colour('--portal-muted', '#56616a'),
    line: colour('--portal-line', '#ddd8cc'),
    panel: colour('--portal-panel', '#ffffff'),
    accent: colour('--md-typeset-a-color', '#9a3d0a'),
    dark: document.body.dataset.mdColorScheme === 'slate',
  }
}

/**
 * Calls `action` when the reader switches between light and dark.
 * @param {() => void} action
 * @returns {() => void} ends that
 */
export function onTheme(action) {
  const observer = new MutationObserver(action)
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-md-color-scheme'] })
  return () => observer.disconnect()
}

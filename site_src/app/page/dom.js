// Elements made in code; text only ever enters as text.

/**
 * An element with attributes and children; strings become text nodes, `on…` listeners,
 * false and undefined attributes are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | number | undefined | ((event: Event) => void)>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  assign(element, attributes)
  element.append(...children)
  return element
}

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean>} [attributes]
 * @param {Node[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  assign(element, attributes)
  element.append(...children)
  return element
}

/**
 * @param {Element} element
 * @param {Record<string, string | boolean | number | undefined | ((event: Event) => void)>} attributes
 */
function assign(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value))
  }
}

/**
 * The element with an id, which the page's template promises.
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`browse.html: no element with id ${id}`)
  return element
}

/**
 * Calls `action` once, when no call has come for `delay` milliseconds.
 * @template {unknown[]} Args
 * @param {(...args: Args) => void} action
 * @param {number} delay
 */
export function debounced(action, delay) {
  let timer = 0
  return (/** @type {Args} */ ...args) => {
    clearTimeout(timer)
    timer = window.setTimeout(() => action(...args), delay)
  }
}

// Small pieces of a page: elements, choices and sliders with their labels.

/**
 * An element with properties and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  Object.assign(made, properties)
  made.append(...children)
  return made
}

/**
 * A list to choose from, with its label.
 * @param {string} words
 * @param {[string, string][]} choices value and text
 * @param {(value: string) => void} changed
 */
export function choice(words, choices, changed) {
  const select = element('select')
  select.append(...choices.map(([value, text]) => element('option', { value }, text)))
  select.addEventListener('change', () => changed(select.value))
  return { field: element('label', { className: 'field' }, words, select), select }
}

/**
 * A slider, with its label and what it stands at.
 * @param {string} words
 * @param {{ low: number, high: number, step: number, value: number }} scale
 * @param {(value: number) => void} moved
 * @param {(value: number) => string} say
 */
export function slider(words, { low, high, step, value }, moved, say) {
  const input = element('input', {
    type: 'range', min: String(low), max: String(high), step: String(step), value: String(value),
  })
  const said = element('output')
  const show = () => {
    said.textContent = say(input.valueAsNumber)
    input.setAttribute('aria-valuetext', said.textContent)
  }
  input.addEventListener('input', () => {
    show()
    moved(input.valueAsNumber)
  })
  show()
  const field = element('label', { className: 'field range' }, words, said, input)
  /** @param {number} to */
  const set = (to) => {
    input.value = String(to)
    show()
    moved(input.valueAsNumber)
  }
  return { field, input, set, show }
}

/**
 * The colour that a variable of the style has now.
 * @param {string} name
 */
export function styled(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/**
 * Calls what draws, once a frame at most, and again where the colours of the page change.
 * @param {() => void} draw
 */
export function redrawing(draw) {
  let waiting = false
  const ask = () => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => {
      waiting = false
      draw()
    })
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ask)
  addEventListener('resize', ask)
  return ask
}

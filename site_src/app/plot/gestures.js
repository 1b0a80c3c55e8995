// What a mouse, a finger or a pen does on the plot: point, draw an outline, mark a rectangle, turn the wheel.

/** Movement in pixels below which a press is a click. */
const STILL = 4
/** Distance in pixels between the corners of an outline as it is drawn. */
const SPACING = 3

/**
 * @typedef {[number, number]} Point
 * @typedef {'lasso' | 'zoom' | 'point'} Tool
 *
 * @typedef {object} Hands what to do; places are in CSS pixels from the element's corner
 * @property {(at: Point, touch: boolean) => void} hover
 * @property {() => void} leave
 * @property {(at: Point, touch: boolean) => void} click
 * @property {(trail: Point[]) => void} drawing the trail so far; empty when it is given up
 * @property {(trail: Point[]) => void} drawn
 * @property {(at: Point, turn: number) => void} wheel with the control key held
 */

/**
 * Listen to an element.
 * @param {HTMLElement} element
 * @param {() => Tool} tool in use
 * @param {Hands} hands
 */
export function gestures(element, tool, hands) {
  /** @type {Point[] | null} */
  let trail = null
  let moved = false
  const at = (/** @type {MouseEvent} */ event) => {
    const box = element.getBoundingClientRect()
    return /** @type {Point} */ ([event.clientX - box.left, event.clientY - box.top])
  }
  const touch = (/** @type {PointerEvent} */ event) => event.pointerType === 'touch'
  const give = () => {
    if (trail && moved) hands.drawing([])
    trail = null
  }
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary || event.target !== element) return
    trail = [at(event)]
    moved = false
    if (tool() !== 'point') element.setPointerCapture(event.pointerId)
  })
  element.addEventListener('pointermove', (event) => {
    if (!event.isPrimary) return
    if (!trail || tool() === 'point') return hands.hover(at(event), touch(event))
    for (const step of event.getCoalescedEvents?.() ?? [event]) add(trail, at(step))
    moved ||= away(/** @type {Point} */ (trail[0]), at(event)) >= STILL
    if (moved) hands.drawing(trail)
  })
  element.addEventListener('pointerup', (event) => {
    if (!trail) return
    const [done, drawn] = [trail, moved]
    trail = null
    if (!drawn) hands.click(at(event), touch(event))
    else hands.drawn([...done, at(event)])
  })
  element.addEventListener('pointercancel', give)
  element.addEventListener('pointerleave', () => hands.leave())
  document.addEventListener('keydown', (event) => event.key === 'Escape' && give())
  element.addEventListener('wheel', (event) => {
    // Without the key the page scrolls; with it the page would be magnified.
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    hands.wheel(at(event), event.deltaY)
  }, { passive: false })
}

/**
 * @param {Point[]} trail
 * @param {Point} point
 */
function add(trail, point) {
  if (away(/** @type {Point} */ (trail.at(-1)), point) >= SPACING) trail.push(point)
}

/**
 * @param {Point} a
 * @param {Point} b
 */
function away([x0, y0], [x1, y1]) {
  return Math.hypot(x1 - x0, y1 - y0)
}

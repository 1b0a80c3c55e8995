// The page of an observed product: its curve, read by pointer or by keys, in the place of the drawing.

import { byId } from './page/dom.js'

/** @typedef {{x: (number | null)[], y: (number | null)[], titles: {x: string, y: string}, range: [number, number]}} CurveData */

/** @param {HTMLElement} place */
async function live(place) {
  const [{ SpectrumPlot }, answer] = await Promise.all([import('./charts/spectrumplot.js'), fetch(place.dataset.curve ?? '')])
  if (!answer.ok) return
  const { x, y, titles, range } = /** @type {CurveData} */ (await answer.json())
  const plot = new SpectrumPlot({ label: place.dataset.label ?? titles.y })
  // The legend of a single curve says what the axes say.
  plot.element.classList.add('is-single')
  place.replaceChildren(plot.element)
  const brackets = (/** @type {string} */ title) => title.replace(/\[([^\]]*)\]$/, '($1)')
  plot.setSeries([{ label: titles.y, velocity: x.map(Number), flux: y.map((value) => value ?? NaN) }], { x: brackets(titles.x), y: brackets(titles.y) }, range)
}

const place = byId('curve')
// Nothing is fetched for a reader who only wants the table below.
const observer = new IntersectionObserver((seen) => {
  if (!seen.some(({ isIntersecting }) => isIntersecting)) return
  observer.disconnect()
  // The drawing stays where the data cannot be had, as from a copy on disk.
  live(place).catch(() => {})
})
observer.observe(place)

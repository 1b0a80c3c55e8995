// The page of a model: its observations, read out of the HDF5 file as the reader looks at them.

import { byId, h } from './page/dom.js'
import { Explore } from './explore/explore.js'
import { lookingAt } from './explore/state.js'
import { ofDocument } from './explore/modeldata.js'

/** @param {HTMLElement} place */
function live(place) {
  const previews = document.getElementById('previews')
  const explore = new Explore(ofDocument(document), location.hash, () => previews?.setAttribute('open', ''))
  place.append(h('h2', {}, 'Explore'), explore.element)
  document.querySelector('.portal-inpage')?.prepend(h('a', { href: '#explore' }, 'Explore'), ' ')
  fold(previews)
  // Nothing is fetched for a reader who only wants the table below.
  const observer = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return
    observer.disconnect()
    void explore.start()
  })
  observer.observe(explore.element)
  if (lookingAt(location.hash)) place.scrollIntoView()
}

/**
 * Fold the drawings that stand for the panel where there are no scripts.
 * @param {HTMLElement | null} previews
 */
function fold(previews) {
  if (!(previews instanceof HTMLDetailsElement)) return
  const unfold = () => {
    if (location.hash === '#previews') previews.open = true
  }
  previews.open = false
  unfold()
  addEventListener('hashchange', unfold)
}

live(byId('explore'))

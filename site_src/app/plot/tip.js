// The note beside a point: its name, its values, and once it is clicked where to go from there.

import { exact, shown } from '../browse/cells.js'
import { h } from '../page/dom.js'
import { modelPage } from '../page/links.js'
import { unitOf } from '../data/settings.js'
import { NAME } from '../browse/state.js'

/**
 * @typedef {import('../data/settings.js').ColumnInfo} ColumnInfo
 * @typedef {import('../data/catalogue.js').Catalogue} Catalogue
 * @typedef {{catalogue: Catalogue, infos: Map<string, ColumnInfo>, names: string[], row: number}} Subject
 */

/** Distance from the point in pixels. */
const GAP = 14
/** Names a cube has besides that of its model. */
const CUBE = 'hdf5_group'

export class PlotTip {
  /** Counts subjects, so that a name that comes late is not written beside another point. */
  #turn = 0
  #actions
  pinned = false
  element = h('div', { class: 'plot-tip', hidden: true })

  /**
   * @param {object} actions
   * @param {(row: number) => void} actions.open
   * @param {((row: number) => void) | undefined} actions.pick
   * @param {() => string[]} actions.naming columns that names need beside that of the model
   * @param {(row: number) => {title: string, href: string} | null} actions.name of a row of no model
   */
  constructor(actions) {
    this.#actions = actions
    document.addEventListener('keydown', (event) => event.key === 'Escape' && this.hide())
  }

  hide() {
    this.#turn++
    this.pinned = false
    this.element.hidden = true
  }

  /**
   * @param {[number, number]} at place in the plot
   * @param {[number, number]} room width and height of the plot
   * @param {Subject} subject
   * @param {boolean} pinned whether it stays, with links
   */
  show([x, y], [width, height], subject, pinned) {
    const turn = ++this.#turn
    this.pinned = pinned
    this.#fill(subject, pinned)
    this.element.hidden = false
    this.element.classList.toggle('is-pinned', pinned)
    const { offsetWidth: own, offsetHeight: tall } = this.element
    // Beside the point where there is room, else above or below it.
    const beside = Math.max(x, width - x) >= own + GAP
    const left = !beside ? x - own / 2 : x + GAP + own > width ? x - GAP - own : x + GAP
    const top = beside ? y - tall / 2 : y > height / 2 ? y - GAP - tall : y + GAP
    this.element.style.left = `${Math.max(0, Math.min(left, width - own))}px`
    this.element.style.top = `${Math.max(0, Math.min(top, height - tall))}px`
    const { catalogue, row } = subject
    const needed = this.#naming(subject)
    if (needed.every((name) => catalogue.has(name, row))) return
    const fill = () => turn === this.#turn && this.#fill(subject, pinned)
    // The values stay without the name if it cannot be read; the table says why.
    catalogue.loadRows(needed, [row]).then(fill, () => {})
  }

  /** @param {Subject} subject */
  #naming({ infos }) {
    return [NAME, ...(infos.has(CUBE) ? [CUBE] : []), ...this.#actions.naming()]
  }

  /**
   * @param {Subject} subject
   * @param {boolean} pinned
   */
  #fill(subject, pinned) {
    const { catalogue, infos, names, row } = subject
    const product = this.#actions.name(row)
    const known = product !== null || catalogue.has(NAME, row)
    const id = product?.title ?? (known ? exact(catalogue, NAME, row) : '…')
    const rest = !product && infos.has(CUBE) ? [h('span', {}, exact(catalogue, CUBE, row))] : []
    const values = names.flatMap((name) => {
      const info = infos.get(name)
      if (!info) return []
      return [h('dt', {}, info.label), h('dd', {}, `${shown(catalogue, info, row) ?? '…'} ${unitOf(info)}`)]
    })
    const links = pinned && known ? [product ? h('p', {}, h('a', { href: product.href }, 'Open file')) : this.#links(id, row)] : []
    this.element.replaceChildren(h('strong', {}, id), ...rest, h('dl', {}, ...values), ...links)
  }

  /**
   * @param {string} id
   * @param {number} row
   */
  #links(id, row) {
    const page = h('a', { href: modelPage(id) }, 'Open page')
    page.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      this.#actions.open(row)
    })
    const { pick } = this.#actions
    const compare = pick && h('button', { type: 'button', onclick: () => (pick(row), this.hide()) }, 'Compare')
    return h('p', {}, page, ...(compare ? [compare] : []))
  }
}

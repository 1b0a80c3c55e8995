// What the page tells people beside its content: that it works, that something failed, what changed.

import { byId } from './dom.js'

/** @param {string} text for those who do not see the page */
export function say(text) {
  byId('browse-said').textContent = text
}

/** @param {boolean} now */
export function busy(now) {
  byId('browse-main').setAttribute('aria-busy', String(now))
  byId('browse-view').setAttribute('aria-busy', String(now))
}

/** @param {unknown} error */
export function failed(error) {
  busy(false)
  byId('browse-message').textContent = error instanceof Error ? error.message : String(error)
  byId('browse-failed').hidden = false
  byId('browse-status').textContent = 'Not current: the table could not be read'
}

/** Nothing is wrong any more. */
export function worked() {
  byId('browse-failed').hidden = true
}

/** @param {() => void} retry what the button beside a failure does */
export function onRetry(retry) {
  byId('browse-retry').onclick = retry
}

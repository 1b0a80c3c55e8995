// What the page shows: rows with their origins, and findings with the way out.

import { h } from '../page/dom.js'

/**
 * @typedef {import('./row.js').Given} Given
 * @typedef {import('./checks.js').Finding} Finding
 * @typedef {import('./checks.js').ColumnOf} ColumnOf
 */

/** Code of the finding for each column that a table lacks. */
const LACKING = 'missing-column'

/**
 * One row: each column with its value and where it is from.
 * @param {Given} given
 * @param {ColumnOf[]} columns
 * @param {Finding[]} findings about this row
 */
export function rowView(given, columns, findings) {
  const wrong = new Map(findings.map((one) => /** @type {const} */ ([one.column, one.severity])).reverse())
  const lines = columns.map((column) => {
    const value = given.row[column.name]
    const none = value === undefined || value === null || value === ''
    const state = wrong.get(column.name) ?? ''
    return h(
      'tr',
      { class: state ? `is-${state}` : undefined },
      h('th', { scope: 'row', title: column.description }, h('code', {}, column.name)),
      h('td', { class: none ? 'is-none' : undefined }, none ? 'none' : `${value}${column.unit ? ` ${column.unit}` : ''}`),
      h('td', {}, (given.origins[column.name] ?? '').replace(/^none: /, '')),
    )
  })
  const count = (/** @type {string} */ severity) => plural(findings.filter((one) => one.severity === severity).length, severity)
  const told = `${placeOf(given)}: ${count('error')}, ${count('warning')}`
  return h(
    'details',
    { class: 'submit-row' },
    h('summary', {}, told),
    h(
      'div',
      { class: 'submit-scroll', tabindex: 0, role: 'region', 'aria-label': `Row of ${placeOf(given)}` },
      h(
        'table',
        { class: 'submit-table' },
        h('thead', {}, h('tr', {}, ...['column', 'value', 'from'].map((name) => h('th', { scope: 'col' }, name)))),
        h('tbody', {}, ...lines),
      ),
    ),
  )
}

/**
 * @param {Finding[]} findings
 * @param {Given[]} given
 */
export function findingsView(findings, given) {
  const list = (/** @type {Finding[]} */ some) => h('ul', { class: 'submit-findings' }, ...alike(some).map((those) => findingView(those, given)))
  const [notes, wrong] = [true, false].map((note) => findings.filter((one) => (one.severity === 'note') === note))
  const told = `${plural(notes?.length ?? 0, 'note')} about what only portal submit-check can know`
  return [
    wrong?.length ? list(wrong) : h('p', {}, 'Nothing was found.'),
    ...(notes?.length ? [h('details', { class: 'submit-row' }, h('summary', {}, told), list(notes))] : []),
  ]
}

/** Findings that differ only in their rows and what was seen there; columns that lack are alike too. @param {Finding[]} findings */
function alike(findings) {
  /** @type {Map<string, [Finding, ...Finding[]]>} */
  const groups = new Map()
  for (const one of findings) {
    const about = one.code === LACKING ? [] : [one.column, one.expected, one.way_out]
    const key = [one.severity, one.code, ...about].join('\n')
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()]
}

/**
 * @param {[Finding, ...Finding[]]} those of which the first is told
 * @param {Given[]} given
 */
function findingView([one, ...others], given) {
  if (others.length > 0 && one.code === LACKING) {
    const columns = [one, ...others].flatMap(({ column }, at) => [at > 0 ? ' ' : '', h('code', {}, column)])
    return h('li', { class: `is-${one.severity}` }, h('strong', {}, `${one.severity} `), ...columns, `: expected these columns too, got ${one.seen}. `, h('span', { class: 'submit-way' }, 'Add them; they may be empty where nothing is known.'))
  }
  const more = others.length > 0 ? ` and ${plural(others.length, 'more row')}` : ''
  const place = one.row === null ? '' : ` of ${placeOf(/** @type {Given} */ (given[one.row]))}${more}`
  return h(
    'li',
    { class: `is-${one.severity}` },
    h('strong', {}, `${one.severity} `),
    h('code', {}, one.column),
    `${place}: expected ${one.expected}, got ${one.seen}. `,
    h('span', { class: 'submit-way' }, `${one.way_out[0]?.toUpperCase()}${one.way_out.slice(1)}.`),
  )
}

/**
 * What has no row here: because only the command makes one, or because it is no product.
 * @param {import('./taking.js').Taken} taken
 */
export function leftView({ left, parts }) {
  const list = (/** @type {string[]} */ texts) => h('ul', { class: 'submit-findings' }, ...texts.map((text) => h('li', { class: 'is-note' }, text)))
  if (left.length + parts.length === 0) return []
  return [
    h('h2', {}, 'Without a row'),
    ...(left.length > 0 ? [h('p', {}, 'This page reads headers. ', h('code', {}, 'portal submit-check'), ' reads values too, and makes rows of these:'), list(left)] : []),
    ...(parts.length > 0 ? [h('details', { class: 'submit-row' }, h('summary', {}, `${plural(parts.length, 'part')} of files that go with products`), list(parts))] : []),
  ]
}

/** The file, and the number of the HDU in it. @param {Given} given */
function placeOf({ file, part }) {
  return part ? `${file}[${part}]` : file
}

/**
 * @param {number} number
 * @param {string} thing
 */
export function plural(number, thing) {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

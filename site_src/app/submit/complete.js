// What rows of observed products lack that users look for.

import { isKnown } from './expressions.js'

/**
 * @typedef {import('./row.js').Given} Given
 * @typedef {import('./checks.js').Finding} Finding
 *
 * @typedef {object} Complete as portal.obscore.wanted has it
 * @property {Record<string, string>} examples
 * @property {Record<string, string[]>} groups
 * @property {string} kind the way out where the kind of product is not known
 * @property {number} model
 * @property {Record<string, string[]>} wanted
 */

/**
 * @param {Given[]} given
 * @param {Complete} complete
 * @returns {Finding[]}
 */
export function incomplete(given, { examples, groups, kind: named, model, wanted }) {
  return given.flatMap(({ row, origins }, at) => {
    const kind = String(row['dataproduct_type'] ?? '')
    const seen = 'nothing'
    if (!kind) return [{ severity: /** @type {const} */ ('warning'), code: 'incomplete-type', column: 'dataproduct_type', row: at, seen, expected: Object.keys(wanted).join(' or '), way_out: named }]
    if (Number(row['calib_level']) === model && isKnown(row['calib_level'])) return []
    const lacking = (wanted[kind] ?? []).filter((group) => !(groups[group] ?? []).some((name) => isKnown(row[name])))
    return lacking.map((group) => {
      const [column = '', ...others] = groups[group] ?? []
      const why = (origins[column] ?? '').replace(/^none: /, '') || seen
      return { severity: /** @type {const} */ ('warning'), code: `incomplete-${group}`, column, row: at, seen: why, expected: [column, ...others].join(' and '), way_out: examples[group] ?? '' }
    })
  })
}

/**
 * Findings, those about values that only the command can know being notes.
 * @param {Finding[]} findings
 * @param {Given[]} given
 * @returns {Finding[]}
 */
export function withNotes(findings, given) {
  return findings.map((one) => {
    const place = one.row === null ? undefined : given[one.row]
    const origin = place?.origins[one.column] ?? ''
    if (!place?.part || isKnown(place.row[one.column]) || !/portal extract|submission names it/.test(origin)) return one
    return { ...one, severity: 'note', seen: `none on this page: ${origin.replace(/^none: /, '')}`, way_out: 'look at what portal submit-check says' }
  })
}

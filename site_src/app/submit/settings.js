// Who submits what, under which terms: a form, and submission.toml.

import { h } from '../page/dom.js'

/**
 * @typedef {import('./bundle.js').Settings} Settings
 * @typedef {{name: string, label: string, hint: string, pattern?: string, lines?: number, value?: string}} Field
 */

/** @type {Field[]} */
const FIELDS = [
  { name: 'id', label: 'Short name', hint: 'small letters, digits and hyphens', pattern: '[a-z0-9\\-]+' },
  { name: 'title', label: 'Title', hint: 'what it is, in a few words' },
  { name: 'description', label: 'Description', hint: 'a paragraph: what was observed, with what, and what for', lines: 3 },
  { name: 'license', label: 'Licence', hint: 'by its SPDX identifier', pattern: '[A-Za-z0-9][A-Za-z0-9.+\\-]*', value: 'CC-BY-4.0' },
  { name: 'creators', label: 'Authors', hint: 'one a line: name; ORCID', lines: 2 },
  { name: 'contact', label: 'Contact', hint: 'a name', },
  { name: 'email', label: 'E-mail', hint: 'ann@example.org', pattern: '[^@\\s]+@[^@\\s]+' },
]

/**
 * The form; `onsubmit` is called with what it says, once all of it is there.
 * @param {(settings: Settings) => void} onsubmit
 */
export function settingsForm(onsubmit) {
  const form = h('form', { class: 'submit-form' }, ...FIELDS.map(fieldOf), h('button', { type: 'submit' }, 'Save bundle'))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const said = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]))
    onsubmit({ id: said['id'] ?? '', toml: tomlOf(said) })
  })
  return form
}

/** @param {Field} field */
function fieldOf({ name, label, hint, pattern, lines, value = '' }) {
  const given = { name, placeholder: hint, required: true, title: hint }
  const field = lines ? h('textarea', { ...given, rows: lines }) : h('input', { ...given, type: 'text', ...(pattern ? { pattern } : {}), value })
  return h('label', { class: lines ? 'is-wide' : undefined }, h('span', {}, label), field)
}

/**
 * The text of submission.toml.
 * @param {Record<string, string>} said
 */
export function tomlOf(said) {
  const plain = ['id', 'title', 'description', 'license'].map((name) => `${name} = ${text(said[name])}\n`)
  const url = `license_url = ${text(`https://spdx.org/licenses/${said['license'] ?? ''}.html`)}\n`
  const creators = (said['creators'] ?? '').split(/\n/).map((line) => line.split(';').map((part) => part.trim())).filter(([name]) => name)
  const tables = creators.map(([name, orcid]) => `\n[[creators]]\nname = ${text(name)}\n${orcid ? `orcid = ${text(orcid)}\n` : ''}`)
  return [...plain, url, ...tables, `\n[contact]\nname = ${text(said['contact'])}\nemail = ${text(said['email'])}\n`].join('')
}

/** Texts of JSON are texts of TOML, but for one character. @param {string | undefined} value */
function text(value) {
  return JSON.stringify((value ?? '').replace(/\s+/g, ' ')).replaceAll('\x7f', '\\u007f')
}

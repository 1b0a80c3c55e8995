import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namesIn } from '../../../site_src/app/browse/paste.js'

const KNOWN = new Set(['disk-1e-06', 'two words', 'a,b', 'é%20'])

test('names are found between any separators, in paths and in addresses', () => {
  const text = '"disk-1e-06";two words\ntwo words\r\n a,b \nmodels/disk-1e-06.h5|https://x.org/m/00/%C3%A9%2520.html?v=1'
  const { found, missing } = namesIn(text, KNOWN)
  assert.deepEqual(found, ['disk-1e-06', 'two words', 'a,b', 'é%20'])
  assert.deepEqual(missing, ['two', 'words'])
})

test('broken encodings and empty texts are no names', () => {
  assert.deepEqual(namesIn('%E0%A4%A', KNOWN), { found: [], missing: ['%E0%A4%A'] })
  assert.deepEqual(namesIn(' ,;\n', KNOWN), { found: [], missing: [] })
})

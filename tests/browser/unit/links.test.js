import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { crc32 } from '../../../site_src/app/page/crc32.js'
import { dataUrl, modelPage, productPage, quotePath } from '../../../site_src/app/page/links.js'

test('CRC-32 of the check value of the standard', () => {
  assert.equal(crc32('123456789'), 0xcbf43926)
  assert.equal(crc32(''), 0)
})

test('CRC-32 is that of the UTF-8 bytes', { skip: !zlibCrc32 && 'zlib.crc32 needs Node 20.15' }, () => {
  for (const text of ['a', 'mdot1e-06', 'Ångström', '🪐', 'a b'.repeat(100)]) {
    assert.equal(crc32(text), zlibCrc32(text), text)
  }
})

test('model pages lie in the shard of their name', () => {
  assert.equal(modelPage('123456789'), 'm/26/123456789.html')
})

test('pages of products have the names that the build gives them', () => {
  // tests/portal/catalog/test_paths.py has the same.
  assert.equal(productPage('stars', 'alma/rdor.fits', '0'), 'o/96/stars~alma~rdor.fits~0.html')
  assert.equal(decodeURIComponent(productPage('stars', 'sky/cube & co.fits', '4[2]')), 'o/15/stars~sky~cube=20=26=20co.fits~4=5B2=5D.html')
  assert.equal(decodeURIComponent(productPage('stars', 'é~=.fits', '1')), 'o/c4/stars~=C3=A9=7E=3D.fits~1.html')
  const long = productPage('stars', `x/${'y'.repeat(300)}.fits`, '12')
  assert.equal(long, `o/21/stars~x~${'y'.repeat(112)}~~6e32ba6c~~${'y'.repeat(52)}.fits~12.html`)
})

test('paths keep slashes and nothing that a shell or a page could act on', () => {
  assert.equal(quotePath('models/a b.h5'), 'models/a%20b.h5')
  assert.equal(quotePath(`x'"<>&!()*#?%`), 'x%27%22%3C%3E%26%21%28%29%2A%23%3F%25')
  assert.equal(quotePath('a-b_c.d~e+é'), 'a-b_c.d~e%2B%C3%A9')
})

test('data lie below the site or on a host of their own', () => {
  const root = 'https://example.org/sub/'
  assert.equal(dataUrl('data/', 'models/a.h5', root), 'https://example.org/sub/data/models/a.h5')
  assert.equal(dataUrl('https://d.example/x/', 'a.h5', root), 'https://d.example/x/a.h5')
})

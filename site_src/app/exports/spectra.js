// Spectra alone: a configuration of curl that asks for their bytes and nothing else.

import { ARRAYS } from '../downloads/places.js'
import { quoted } from './curl.js'
import { line } from './shell.js'

/** @type {import('./formats.js').Format} */
export const spectra = {
  name: 'spectra',
  label: 'curl',
  note: 'two ranges a spectrum, raw numbers; curl does not notice a file of another size',
  filename: 'spectra.txt',
  type: 'text/plain',
  async *write(source) {
    let between = ''
    for await (const place of source.places()) {
      for (const name of ARRAYS) {
        const part = place[name]
        if (!part) continue
        const output = `spectra/${place.model}/${place.group}.${name}`
        yield `${between}fail\nlocation\ncreate-dirs\nretry = 5\n`
          + `range = "${part.start}-${part.end - 1}"\nurl = ${quoted(place.url)}\noutput = ${quoted(output)}\n`
        between = 'next\n'
      }
    }
  },
  command: () => line(['curl', '--parallel', '--parallel-max', '4', '--config', 'spectra.txt']),
}

// Starts the panels of the page.

import { showChannels } from './channels.js'
import { viewData } from './data.js'
import { showSlices } from './slices.js'
import { showVolume } from './volume.js'

const { fields, fits, extent, modes } = viewData()
const [volume, slices] = ['volume', 'slices'].map((id) => document.getElementById(id))
if (volume && fields.length) void showVolume(volume, fields, extent, modes)
if (slices && fields.length) void showSlices(slices, fields, extent, modes)
for (const [i, fit] of fits.entries()) {
  const place = document.getElementById(`channels-${i}`)
  if (place) void showChannels(place, fit)
}

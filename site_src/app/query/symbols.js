// Symbols of units, the same as those of portal.catalog.quantity; a test compares them.

/** Symbols that take a prefix, in terms of others; a basic one in terms of itself. */
export const PREFIXED = new Map([
  ['A', 'A'], ['C', 'A.s'], ['D', '3.333333333333333e-30 C.m'], ['F', 'C.V-1'], ['G', '1e-4 T'],
  ['H', 'Wb.A-1'], ['Hz', 's-1'], ['J', 'N.m'], ['Jy', '1e-26 W.m-2.Hz-1'], ['K', 'K'], ['N', 'kg.m.s-2'],
  ['Ohm', 'V.A-1'], ['Pa', 'N.m-2'], ['R', '795774715.45947667884 ph.s-1.m-2.sr-1'],
  ['Ry', '2.1798723611030e-18 J'], ['S', 'A.V-1'], ['T', 'Wb.m-2'], ['V', 'W.A-1'], ['W', 'J.s-1'],
  ['Wb', 'V.s'], ['a', '31557600 s'], ['adu', 'adu'], ['arcmin', '60 arcsec'], ['arcsec', 'arcsec'],
  ['barn', '1e-28 m2'], ['beam', 'beam'], ['bin', 'bin'], ['cd', 'cd'], ['chan', 'chan'], ['count', 'ct'],
  ['ct', 'ct'], ['d', '86400 s'], ['deg', '3600 arcsec'], ['eV', '1.602176634e-19 J'], ['erg', '1e-7 J'],
  ['g', 'g'], ['h', '3600 s'], ['lm', 'cd.sr'], ['lx', 'lm.m-2'], ['lyr', '9460730472580800 m'], ['m', 'm'],
  ['mag', 'mag'], ['min', '60 s'], ['mol', 'mol'], ['pc', '30856775814913673 m'], ['ph', 'ph'],
  ['photon', 'ph'], ['pix', 'pix'], ['pixel', 'pix'], ['rad', '206264.80624709635516 arcsec'], ['s', 's'],
  ['solLum', '3.828e26 W'], ['solMass', '1.988409870698051e30 kg'], ['solRad', '695700000 m'], ['sr', 'rad2'],
  ['u', '1.66053906892e-27 kg'], ['voxel', 'voxel'], ['yr', '31557600 s'], ['B', '8 bit'], ['bit', 'bit'],
  ['byte', '8 bit'],
])

/** Symbols that take none. */
export const LONE = new Map([
  ['AA', '1e-10 m'], ['AU', '149597870700 m'], ['Angstrom', '1e-10 m'], ['Ba', '0.1 Pa'], ['Gauss', '1e-4 T'],
  ['Lsun', 'solLum'], ['Mearth', '5.972167867791379e24 kg'], ['Mjup', '1.8981245973360505e27 kg'],
  ['Msun', 'solMass'], ['Rearth', '6378100 m'], ['Rjup', '71492000 m'], ['Rsun', 'solRad'], ['Sun', 'Sun'],
  ['angstrom', '1e-10 m'], ['au', 'AU'], ['day', 'd'], ['hour', 'h'], ['hr', 'h'], ['mas', '1e-3 arcsec'],
  ['micron', '1e-6 m'], ['parsec', 'pc'], ['uas', '1e-6 arcsec'], ['year', 'yr'],
])

/** Powers of ten. */
export const PREFIXES = new Map([
  ['da', 1], ['h', 2], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18], ['Z', 21], ['Y', 24],
  ['d', -1], ['c', -2], ['m', -3], ['u', -6], ['µ', -6], ['μ', -6], ['n', -9], ['p', -12], ['f', -15],
  ['a', -18], ['z', -21], ['y', -24],
])

/** Powers of two, for bit, byte and B. */
export const BINARY = new Map([
  ['Ki', 10], ['Mi', 20], ['Gi', 30], ['Ti', 40], ['Pi', 50], ['Ei', 60], ['Zi', 70], ['Yi', 80],
])

/** Symbols that mean one thing by the rules and another to astronomers. */
export const REFUSED = ['dB', 'dau', 'dbyte', 'ha', 'pcount', 'pct', 'yd']

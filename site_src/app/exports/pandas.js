// A program that reads the selected rows with pandas.

/** @type {import('./formats.js').Format} */
export const pandas = {
  name: 'pandas',
  label: 'pandas',
  note: 'a program that reads the rows',
  filename: 'rows.py',
  type: 'text/x-python',
  async *write(source) {
    yield program(source)
  },
  command: () => 'python3 rows.py',
}

/** @param {import('../downloads/source.js').Source} source */
function program({ site, table, expression }) {
  const address = JSON.stringify(`${site}catalog/${table}.parquet`)
  if (expression === '') return `import pandas as pd

rows = pd.read_parquet(${address})
print(rows.describe())
`
  if (expression === null && table === 'observations') return `import pandas as pd

rows = pd.read_parquet("rows.parquet")
print(rows.describe())
`
  if (expression === null) return `from pathlib import Path

import pandas as pd

names = Path("names.txt").read_text().splitlines()
rows = pd.read_parquet(${address}, filters=[("model_id", "in", names)])
print(rows.describe())
`
  const more = table === 'observations' ? ', observations=True' : ''
  return `from portal.client import open_catalog

with open_catalog(${JSON.stringify(site)}) as catalogue:
    rows = catalogue.query(${JSON.stringify(expression)}${more})
print(rows.describe())
`
}

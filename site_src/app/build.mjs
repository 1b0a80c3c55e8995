// Bundles each page's entry module and style sheet into build/app, with the notices of
// the packages that went in. Same sources, same bytes.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const OUT = 'build/app'
const DUCKDB = 'node_modules/@duckdb/duckdb-wasm/dist'
/** Licences that packages name but do not bring along. */
const LICENCES = { '@duckdb/duckdb-wasm': 'site_src/app/sql/duckdb-license.txt' }
const ENTRIES = ['browse.js', 'browse.css', 'model.js', 'model.css', 'product.js', 'product.css', 'libraryworker.js', 'sql.js', 'sql.css', 'submit.js', 'submit.css'].map((name) => `site_src/app/${name}`)

/**
 * Names of the packages that files of the bundle came from, sorted.
 * @param {string[]} inputs
 */
function packages(inputs) {
  const found = inputs.flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? [])
  return [...new Set(found)].sort()
}

/**
 * Name, version and licence text of a package.
 * @param {string} name
 */
async function notice(name) {
  const root = join('node_modules', name)
  const { version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const file = (await readdir(root)).sort().find((entry) => /^licen[cs]e/i.test(entry))
  const path = file ? join(root, file) : LICENCES[name]
  if (!path) throw new Error(`${name}: no licence file in ${root}; expected one to publish with the bundle`)
  const text = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n').trim()
  return `${name} ${version} (${license})\n\n${text}\n`
}

/**
 * Copy the engine of SQL; gives its size as it is fetched.
 * Compressed here: few plain hosts compress WebAssembly, and some take no file over 25 MB.
 */
async function engine() {
  const worker = await readFile(join(DUCKDB, 'duckdb-browser-eh.worker.js'))
  const module = gzipSync(await readFile(join(DUCKDB, 'duckdb-eh.wasm')), { level: 9 })
  await writeFile(join(OUT, 'duckdb-browser-eh.worker.js'), worker)
  await writeFile(join(OUT, 'duckdb-eh.wasm.gz'), module)
  return worker.length + module.length
}

await rm(OUT, { recursive: true, force: true })
await mkdir(OUT, { recursive: true })

const SETTINGS = {
  outdir: OUT,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  banner: { js: '/* Notices of the packages in here: LICENSES.txt */' },
  metafile: true,
  logLevel: 'warning',
  define: { 'globalThis.ENGINE_BYTES': String(await engine()) },
  plugins: [{ name: 'parts', setup: parts }],
}
/** Bundles of what is asked for on a click only, by the path of the module. */
const made = new Map()
const inputs = new Set()

/**
 * Every module that is imported when it is needed becomes a bundle of its own, so that a page
 * begins with one file: shared pieces would be asked for only after it has come.
 * @param {import('esbuild').PluginBuild} run
 */
function parts(run) {
  run.onResolve({ filter: /^\./ }, async ({ path, kind, resolveDir }) => {
    const module = resolve(resolveDir, path)
    if (kind !== 'dynamic-import' || !module.startsWith(resolve('site_src/app'))) return undefined
    if (!made.has(module)) made.set(module, bundle([module], { entryNames: '[name]-[hash]' }))
    return { path: `./${basename(await made.get(module))}`, external: true }
  })
}

/**
 * Name of the first file that was made.
 * @param {string[]} entryPoints
 * @param {import('esbuild').BuildOptions} more
 */
async function bundle(entryPoints, more = {}) {
  const { metafile } = await build({ ...SETTINGS, entryPoints, ...more })
  for (const input of Object.keys(metafile.inputs)) inputs.add(input)
  return Object.keys(metafile.outputs)[0]
}

await bundle(ENTRIES)
const notices = await Promise.all(packages([...inputs]).map(notice))
await writeFile(join(OUT, 'LICENSES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`))

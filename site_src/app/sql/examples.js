// Questions that people ask, as statements; each gives the same rows in the same order every time.

/**
 * @typedef {{title: string, sql: string, needs: string[]}} Example `needs` are columns, as table.column
 */

/** @type {Example[]} */
export const EXAMPLES = [
  {
    title: 'How many models of each shape?',
    needs: ['models.morphology', 'models.bytes', 'models.n_observations'],
    sql: `SELECT morphology,
       count(*) AS models,
       sum(n_observations) AS observations,
       round(sum(bytes) / 1e9, 3) AS gigabytes
FROM models
GROUP BY morphology
ORDER BY models DESC, morphology`,
  },
  {
    title: 'The brightest observations, with their winds',
    needs: ['models.morphology', 'models.mass_loss_rate', 'observations.line', 'observations.peak_flux_density'],
    sql: `SELECT model_id, line, inclination, peak_flux_density, morphology, mass_loss_rate
FROM observations
JOIN models USING (model_id)
ORDER BY peak_flux_density DESC NULLS LAST, model_id, line, inclination
LIMIT 20`,
  },
  {
    title: 'How bright is each line? Quantiles',
    needs: ['observations.line', 'observations.integrated_flux'],
    sql: `SELECT line,
       count(*) AS observations,
       quantile_cont(integrated_flux, 0.1) AS faint,
       median(integrated_flux) AS middle,
       quantile_cont(integrated_flux, 0.9) AS bright
FROM observations
GROUP BY line
ORDER BY line`,
  },
  {
    title: 'The models nearest to my star',
    needs: ['models.mass_loss_rate', 'models.terminal_velocity'],
    sql: `WITH star AS (
  SELECT 1.5e-6 AS rate, 14.5 AS speed  -- solMass/yr, km/s
)
SELECT model_id, mass_loss_rate, terminal_velocity,
       sqrt(log10(mass_loss_rate / rate) ** 2
            + log10(terminal_velocity / speed) ** 2) AS dex_away
FROM models, star
WHERE mass_loss_rate > 0 AND terminal_velocity > 0
ORDER BY dex_away, model_id
LIMIT 10`,
  },
  {
    title: 'The largest files',
    needs: ['files.path', 'files.bytes', 'files.kind', 'files.sha256'],
    sql: `SELECT path, kind, round(bytes / 1e6, 1) AS megabytes, sha256
FROM files
ORDER BY bytes DESC, path
LIMIT 20`,
  },
  {
    title: 'Three models of each shape, by mass-loss rate',
    needs: ['models.morphology', 'models.mass_loss_rate'],
    sql: `SELECT morphology,
       row_number() OVER shape AS place,
       model_id,
       mass_loss_rate,
       mass_loss_rate / max(mass_loss_rate) OVER (PARTITION BY morphology) AS of_the_highest
FROM models
WINDOW shape AS (PARTITION BY morphology ORDER BY mass_loss_rate DESC NULLS LAST, model_id)
QUALIFY place <= 3
ORDER BY morphology, place`,
  },
  {
    title: 'How much does a line depend on the viewing angle?',
    needs: ['observations.line', 'observations.integrated_flux'],
    sql: `SELECT model_id, line,
       count(*) AS views,
       max(integrated_flux) / min(integrated_flux) AS brightest_to_faintest
FROM observations
WHERE integrated_flux > 0
GROUP BY model_id, line
HAVING views > 1
ORDER BY brightest_to_faintest DESC, model_id, line
LIMIT 20`,
  },
  {
    title: 'What did the scan find wrong?',
    needs: ['problems.code', 'problems.severity', 'problems.path'],
    sql: `SELECT severity, code, count(*) AS times, min(path) AS for_example
FROM problems
GROUP BY severity, code
ORDER BY times DESC, severity, code`,
  },
]

/**
 * Those examples whose columns the catalogue has.
 * @param {import('./settings.js').TableSettings[]} tables
 */
export function fitting(tables) {
  const names = new Set(tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`)))
  return EXAMPLES.filter(({ needs }) => needs.every((name) => names.has(name)))
}

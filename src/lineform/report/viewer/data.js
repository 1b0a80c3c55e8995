// What the page holds for its viewer.

/** @typedef {import('./arrays.js').Quantised} Quantised */
/**
 * @typedef {{ name: string, label: string, unit: string, logarithmic: boolean,
 *   diverging: boolean, median: Quantised, uncertainty: Quantised, ratio: Quantised,
 *   samples: Quantised }} FieldView
 * @typedef {{ label: string, velocity: number[], x: number[], y: number[], beam: number[][],
 *   chi2: number[], data: Quantised, model: Quantised, residual: Quantised }} FitView
 * @typedef {{ extent: number, modes: number[], fields: FieldView[], fits: FitView[] }} ViewData
 */

/** @returns {ViewData} */
export function viewData() {
  return JSON.parse(document.getElementById('view-data')?.textContent ?? '{}')
}

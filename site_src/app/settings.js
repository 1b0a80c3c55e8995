// What portal.pages.browse says about the catalogue, as JSON inside the page.

/**
 * @typedef {import('./bins.js').Bins} Bins
 * @typedef {[value: string, count: number][]} Choices
 * @typedef {object} ColumnInfo
 * @property {string} name in the Parquet file
 * @property {string} label for people
 * @property {string} unit for people; '' for none
 * @property {string} type as the schema names it
 * @property {string} description
 * @property {Bins | null} bins of the whole catalogue; null where a range makes no sense
 * @property {Choices | null} choices values and their counts; null where there are too many
 *
 * @typedef {object} Settings
 * @property {string} table address of the Parquet file, relative to the page
 * @property {number} rows
 * @property {string[]} shown columns at first
 * @property {import('./state.js').Sort | null} sort order at first; null for that of the file
 * @property {string[]} open filters that are unfolded at first
 * @property {ColumnInfo[]} columns
 * @property {Record<string, string>} stores address of the data of each collection
 */

/**
 * @param {HTMLElement} element
 * @returns {Settings}
 */
export function readSettings(element) {
  return JSON.parse(element.textContent ?? '')
}

/**
 * Label of a column with its unit.
 * @param {ColumnInfo} info
 */
export function titled(info) {
  return info.unit ? `${info.label} (${info.unit})` : info.label
}

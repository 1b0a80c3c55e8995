// Finds the point nearest to the pointer among very many, by cells that hold the points of a small square.

/** Side of a cell in pixels. */
const CELL = 12

export class Nearby {
  #x
  #y
  #columns
  #lines
  /** Where the points of each cell start in the order, and where the last ends. */
  #starts
  #order

  /**
   * @param {Float32Array} x in pixels; NaN for a point that is not there
   * @param {Float32Array} y
   * @param {number} width
   * @param {number} height
   */
  constructor(x, y, width, height) {
    this.#x = x
    this.#y = y
    this.#columns = Math.ceil(width / CELL)
    this.#lines = Math.ceil(height / CELL)
    const cells = new Int32Array(x.length)
    for (let i = 0; i < cells.length; i++) cells[i] = this.#cell(Number(x[i]), Number(y[i]))
    this.#starts = new Uint32Array(this.#columns * this.#lines + 1)
    for (const cell of cells) if (cell >= 0) this.#starts[cell + 1] = Number(this.#starts[cell + 1]) + 1
    for (let i = 1; i < this.#starts.length; i++) this.#starts[i] = Number(this.#starts[i]) + Number(this.#starts[i - 1])
    this.#order = new Uint32Array(this.#starts.at(-1) ?? 0)
    const next = this.#starts.slice()
    cells.forEach((cell, i) => {
      if (cell < 0) return
      const at = Number(next[cell])
      this.#order[at] = i
      next[cell] = at + 1
    })
  }

  /**
   * The nearest point no further than `within`; -1 if there is none.
   * @param {number} x
   * @param {number} y
   * @param {number} within
   */
  find(x, y, within) {
    let best = -1
    let least = within * within
    const left = this.#column(x - within)
    const right = this.#column(x + within)
    for (let line = this.#line(y - within); line <= this.#line(y + within); line++) {
      const from = Number(this.#starts[line * this.#columns + left])
      const to = Number(this.#starts[line * this.#columns + right + 1])
      for (let k = from; k < to; k++) {
        const i = Number(this.#order[k])
        const away = (Number(this.#x[i]) - x) ** 2 + (Number(this.#y[i]) - y) ** 2
        if (away > least || (away === least && best >= 0)) continue
        best = i
        least = away
      }
    }
    return best
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #cell(x, y) {
    const inside = x >= 0 && y >= 0 && x < this.#columns * CELL && y < this.#lines * CELL
    return inside ? this.#line(y) * this.#columns + this.#column(x) : -1
  }

  /** @param {number} x */
  #column(x) {
    return Math.min(Math.max(Math.floor(x / CELL), 0), this.#columns - 1)
  }

  /** @param {number} y */
  #line(y) {
    return Math.min(Math.max(Math.floor(y / CELL), 0), this.#lines - 1)
  }
}

// Numbers out of bytes, by the type strings of NumPy.

/** @typedef {Float32Array | Float64Array} Floats */

/**
 * @typedef {object} NumberType
 * @property {number} size [byte]
 * @property {boolean} little
 * @property {(view: DataView, at: number, little: boolean) => number} get
 */

/** @type {Record<string, [number, NumberType['get']]>} */
const KINDS = {
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  i1: [1, (view, at) => view.getInt8(at)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u1: [1, (view, at) => view.getUint8(at)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
}

/**
 * What a type string says; null for one that is not read here.
 * @param {string} dtype such as `<f4`
 * @returns {NumberType | null}
 */
export function numberType(dtype) {
  const kind = KINDS[dtype.slice(1)]
  if (!kind || !'<>|'.includes(dtype.charAt(0))) return null
  return { size: kind[0], get: kind[1], little: dtype[0] !== '>' }
}

/**
 * All numbers in `bytes`: single precision stays so, all else becomes double.
 * @param {Uint8Array} bytes
 * @param {string} dtype
 * @returns {Floats}
 */
export function numbers(bytes, dtype) {
  const type = numberType(dtype)
  if (!type) throw new TypeError(`numbers of type ${dtype} are not read here`)
  const { size, get, little } = type
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = Math.floor(bytes.byteLength / size)
  const out = dtype.endsWith('f4') ? new Float32Array(count) : new Float64Array(count)
  for (let i = 0; i < count; i++) out[i] = get(view, i * size, little)
  return out
}

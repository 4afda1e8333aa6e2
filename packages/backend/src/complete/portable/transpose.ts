/** Data of a tensor as a plain array. */
export type Values = Float32Array | Int32Array | Uint8Array;

const BLOCK = 16;

/** The transpose of a [rows, columns] matrix as a fresh array, block by block for cache locality. */
export function transposeMatrix(x: Values, rows: number, columns: number): Values {
  const out = new (x.constructor as new (length: number) => Values)(rows * columns);
  for (let i0 = 0; i0 < rows; i0 += BLOCK) {
    const i1 = Math.min(i0 + BLOCK, rows);
    for (let j0 = 0; j0 < columns; j0 += BLOCK) {
      const j1 = Math.min(j0 + BLOCK, columns);
      for (let i = i0; i < i1; i++) for (let j = j0; j < j1; j++) out[j * rows + i] = x[i * columns + j] as number;
    }
  }
  return out;
}

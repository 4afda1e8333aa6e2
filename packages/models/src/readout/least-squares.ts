/** Sums of products over rows of inputs and targets, in float64, and the linear map that they determine. */
export interface LeastSquares {
  /** Adds the rows of these indices of inputs [rows, size] and targets [rows, outputSize]. */
  add(inputs: Float32Array, targets: Float32Array, rows: readonly number[]): void;
  /** kernel [size, outputSize] and bias [outputSize]; undefined if the matrix is not positive definite in float64. */
  solve(ridge: number): { readonly kernel: Float64Array; readonly bias: Float64Array } | undefined;
}

/** Rows that are added in one pass over the sums, which are more than a cache holds. */
const BLOCK = 4;

/**
 * Ridge regression by its normal equations. With Z = [X, 1] and D the identity, but for 0 in place of the bias's 1:
 *
 *   (Zᵀ·Z + ridge·D)·W = Zᵀ·Y        W = [kernel; bias], which minimizes |Z·W − Y|² + ridge·|kernel|²
 */
export function leastSquares(size: number, outputSize: number): LeastSquares {
  const width = size + 1 + outputSize;
  // The upper triangle of [X, 1, Y]ᵀ·[X, 1, Y].
  const sums = new Float64Array(width * width);
  const block = new Float64Array(BLOCK * width);
  return {
    add(inputs, targets, rows) {
      for (let from = 0; from < rows.length; from += BLOCK) {
        block.fill(0);
        rows.slice(from, from + BLOCK).forEach((row, at) => {
          const start = at * width;
          block.set(inputs.subarray(row * size, (row + 1) * size), start);
          block[start + size] = 1;
          block.set(targets.subarray(row * outputSize, (row + 1) * outputSize), start + size + 1);
        });
        addProducts(sums, block, width);
      }
    },
    solve(ridge) {
      const order = size + 1;
      const matrix = new Float64Array(order * order);
      const weights = new Float64Array(order * outputSize);
      for (let i = 0; i < order; i++) {
        for (let j = i; j < order; j++) matrix[j * order + i] = sums[i * width + j] as number;
        if (i < size) matrix[i * order + i] = (matrix[i * order + i] as number) + ridge;
        weights.set(sums.subarray(i * width + order, (i + 1) * width), i * outputSize);
      }
      if (!choleskySolve(matrix, order, weights, outputSize)) return undefined;
      return { kernel: weights.subarray(0, size * outputSize), bias: weights.subarray(size * outputSize) };
    },
  };
}

function addProducts(sums: Float64Array, block: Float64Array, width: number): void {
  const [a, b, c, d] = [0, 1, 2, 3].map((row) => block.subarray(row * width, (row + 1) * width)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < width; i++) {
    const [ai, bi, ci, di] = [a[i], b[i], c[i], d[i]] as [number, number, number, number];
    const row = sums.subarray(i * width, (i + 1) * width);
    for (let j = i; j < width; j++) {
      row[j] =
        (row[j] as number) +
        (ai * (a[j] as number) + bi * (b[j] as number) + ci * (c[j] as number) + di * (d[j] as number));
    }
  }
}

/**
 * Solves matrix·X = right by Cholesky decomposition, in place: `right` [order, columns] becomes X, and the lower triangle of `matrix` its
 * factor. False if a pivot is lost in rounding.
 */
function choleskySolve(matrix: Float64Array, order: number, right: Float64Array, columns: number): boolean {
  const at = (i: number, j: number): number => matrix[i * order + j] as number;
  for (let i = 0; i < order; i++) {
    const diagonal = at(i, i);
    for (let j = 0; j <= i; j++) {
      let rest = at(i, j);
      for (let k = 0; k < j; k++) rest -= at(i, k) * at(j, k);
      if (j < i) matrix[i * order + j] = rest / at(j, j);
      else if (rest > order * Number.EPSILON * diagonal) matrix[i * order + i] = Math.sqrt(rest);
      else return false;
    }
  }
  const reduce = (row: number, by: number, from: number): void => {
    for (let c = 0; c < columns; c++) {
      right[row * columns + c] = (right[row * columns + c] as number) - by * (right[from * columns + c] as number);
    }
  };
  const divide = (row: number): void => {
    for (let c = 0; c < columns; c++) right[row * columns + c] = (right[row * columns + c] as number) / at(row, row);
  };
  for (let i = 0; i < order; i++) {
    for (let k = 0; k < i; k++) reduce(i, at(i, k), k);
    divide(i);
  }
  for (let i = order - 1; i >= 0; i--) {
    for (let k = i + 1; k < order; k++) reduce(i, at(k, i), k);
    divide(i);
  }
  return true;
}

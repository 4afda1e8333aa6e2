import type { Rng } from '@elman/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * A random matrix with orthonormal rows or columns, whichever are fewer, times `gain`; every such matrix is equally
 * likely (the Haar measure). A square one preserves norms, so that recurrent products neither vanish nor
 * explode at the start of training.
 *
 *   Q·Qᵀ = gain²·I if rows ≤ columns, else Qᵀ·Q = gain²·I
 *
 * Gram–Schmidt on normal vectors in float64, each orthogonalised twice ("twice is enough", Kahan & Parlett), in plain
 * loops: the same numbers on every backend.
 *
 * @see Saxe, McClelland & Ganguli 2014
 */
export function orthogonal(rng: Rng, shape: readonly [number, number], gain = 1): Tensor2D {
  let values: Float64Array | undefined;
  let at = 0;
  return rng.tensor(shape, (r) => {
    values ??= orthonormal(r, shape);
    return gain * (values[at++] as number);
  }) as Tensor2D;
}

function orthonormal(rng: Rng, [rows, columns]: readonly [number, number]): Float64Array {
  const length = Math.max(rows, columns);
  const basis: Float64Array[] = [];
  while (basis.length < Math.min(rows, columns)) {
    const vector = Float64Array.from({ length }, () => rng.normal());
    const before = Math.sqrt(dot(vector, vector));
    for (let pass = 0; pass < 2; pass++) for (const unit of basis) addScaled(vector, unit, -dot(vector, unit));
    const norm = Math.sqrt(dot(vector, vector));
    if (norm < 1e-8 * before) continue;
    for (let i = 0; i < length; i++) vector[i] = (vector[i] as number) / norm;
    basis.push(vector);
  }
  const values = new Float64Array(rows * columns);
  basis.forEach((vector, v) => {
    vector.forEach((value, i) => {
      values[rows <= columns ? v * columns + i : i * columns + v] = value;
    });
  });
  return values;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function addScaled(a: Float64Array, b: Float64Array, scale: number): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) + scale * (b[i] as number);
}

import { Rng } from '@elman/core';
import { largestModulus } from './largest-modulus.ts';

const DIMENSION = 80;
const TOLERANCE = 1e-9;
const ROUNDS = 12;

/**
 * The spectral radius of a square matrix, in rows: the largest modulus of its eigenvalues.
 *
 * Arnoldi's method in float64, in a Krylov space of at most 80 dimensions, from a vector on which the matrix has acted often, so that
 * its leading eigenvectors are left; twice as often each time, until two results differ by less than a relative 1e-9. (A
 * leading eigenvalue that is defective, which random numbers do not have, is found to about 1e-4.) Zeros take no time.
 *
 * @see Saad, "Numerical methods for large eigenvalue problems", §6.2
 */
export function spectralRadius(values: ArrayLike<number>, size: number): number {
  const times = product(values, size);
  const rng = Rng.seeded('spectralRadius');
  let v: Vector | undefined = unit(Float64Array.from({ length: size }, () => rng.normal()));
  let found = Number.NaN;
  for (let round = 0, powers = Math.max(8, size / 2); round < ROUNDS; round++, powers *= 2) {
    for (let power = 0; power < powers; power++) v = v && unit(times(v));
    if (v === undefined) return 0;
    const before = found;
    found = radiusFrom(times, v);
    if (Math.abs(found - before) <= TOLERANCE * found) break;
  }
  return found;
}

type Vector = Float64Array;

/** The product with a vector, by the numbers that are not 0: those of row i are from starts[i] to starts[i + 1]. */
function product(matrix: ArrayLike<number>, size: number): (v: Vector) => Vector {
  const places = Array.from(matrix, (value, i) => (value === 0 ? -1 : i)).filter((i) => i >= 0);
  const columns = Uint32Array.from(places, (i) => i % size);
  const values = Float64Array.from(places, (i) => matrix[i] as number);
  const starts = new Uint32Array(size + 1);
  for (const i of places) {
    const next = Math.floor(i / size) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let row = 0; row < size; row++) starts[row + 1] = (starts[row + 1] as number) + (starts[row] as number);
  return (v) => {
    const result = new Float64Array(size);
    for (let row = 0; row < size; row++) {
      const end = starts[row + 1] as number;
      let sum = 0;
      for (let i = starts[row] as number; i < end; i++)
        sum += (values[i] as number) * (v[columns[i] as number] as number);
      result[row] = sum;
    }
    return result;
  };
}

/** The largest modulus of the eigenvalues of the matrix on the Krylov space of a unit vector. */
function radiusFrom(times: (v: Vector) => Vector, start: Vector): number {
  const dimension = Math.min(start.length, DIMENSION);
  const hessenberg = new Float64Array(dimension * dimension);
  const basis = [start];
  for (let column = 0; ; column++) {
    const next = times(basis[column] as Vector);
    const before = norm(next);
    // Orthogonalised twice, as rounding leaves much of the basis after the first time.
    for (let pass = 0; pass < 2; pass++) {
      for (const [row, vector] of basis.entries()) {
        const along = dot(vector, next);
        for (let i = 0; i < next.length; i++) next[i] = (next[i] as number) - along * (vector[i] as number);
        hessenberg[row * dimension + column] = (hessenberg[row * dimension + column] as number) + along;
      }
    }
    const rest = norm(next);
    const isInvariant = rest <= 1e-14 * before;
    if (isInvariant || column + 1 === dimension) return largestModulus(hessenberg, dimension, column + 1);
    hessenberg[(column + 1) * dimension + column] = rest;
    basis.push(scaled(next, 1 / rest));
  }
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

const norm = (v: Vector): number => Math.sqrt(dot(v, v));

function scaled(v: Vector, by: number): Vector {
  const result = new Float64Array(v.length);
  for (let i = 0; i < v.length; i++) result[i] = (v[i] as number) * by;
  return result;
}

/** Undefined for a vector of zeros. */
function unit(v: Vector): Vector | undefined {
  const length = norm(v);
  return length > 0 ? scaled(v, 1 / length) : undefined;
}

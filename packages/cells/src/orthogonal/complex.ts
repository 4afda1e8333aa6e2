import { add, div, matMul, mul, neg, sqrt, square, sub, sum, type Tensor2D, transpose } from '@tensorflow/tfjs-core';

/** Complex numbers: their real and imaginary parts, matrices of one shape. */
export type Complex = { readonly real: Tensor2D; readonly imaginary: Tensor2D };

type Bilinear = (a: Tensor2D, b: Tensor2D) => Tensor2D;

const product =
  (by: Bilinear) =>
  (a: Complex, b: Complex): Complex => ({
    real: sub(by(a.real, b.real), by(a.imaginary, b.imaginary)),
    imaginary: add(by(a.real, b.imaginary), by(a.imaginary, b.real)),
  });

/** a∘b, elementwise. */
export const timesEach: (a: Complex, b: Complex) => Complex = product(mul);

/** a·b, of matrices. */
export const times: (a: Complex, b: Complex) => Complex = product((a, b) => matMul(a, b));

/** |z|², elementwise. */
export const squares = ({ real, imaginary }: Complex): Tensor2D => add(square(real), square(imaginary));

/** z / |z|, elementwise: numbers of modulus 1. */
export function phases(z: Complex): Complex {
  const modulus = sqrt(squares(z));
  return { real: div(z.real, modulus), imaginary: div(z.imaginary, modulus) };
}

/** Rows r → r − 2·(r·u*)·u / |u|²: their reflection at the hyperplane of u [1, n]. */
export function reflect(rows: Complex, u: Complex): Complex {
  const adjoint = { real: transpose(u.real), imaginary: neg(transpose(u.imaginary)) };
  const half = mul(sum(squares(u)), 0.5);
  const scaled = { real: div<Tensor2D>(u.real, half), imaginary: div<Tensor2D>(u.imaginary, half) };
  const along = times(times(rows, adjoint), scaled);
  return { real: sub(rows.real, along.real), imaginary: sub(rows.imaginary, along.imaginary) };
}

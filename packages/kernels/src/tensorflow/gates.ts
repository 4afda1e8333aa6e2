import { gather, reshape, slice, type Tensor, transpose } from '@tensorflow/tfjs-core';

/** A tensor whose last axis is gates of `hidden` numbers, with the gates permuted. */
export function swapGates(x: Tensor, places: readonly number[] | undefined): Tensor {
  if (places === undefined) return x;
  const width = x.shape.at(-1) as number;
  return reshape(gather(reshape(x, [-1, places.length, width / places.length]), [...places], 1), x.shape);
}

/** Some of the gates in a matrix [rows, gates·hidden]. */
export function takeGates(x: Tensor, hidden: number, first: number, count = 1): Tensor {
  const [rows] = x.shape as [number, number];
  return slice(x, [0, first * hidden], [rows, count * hidden]);
}

/** recurrentKernel [hidden, gates·hidden] for the backward pass, from gates in this order. */
export function transposeKernel(recurrentKernel: Tensor, places?: readonly number[]): Tensor {
  return transpose(swapGates(recurrentKernel, places));
}

import { ShapeError } from '@elman/core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { hasSimdHere } from '../simd/here.ts';
import { convolveByOps } from './by-ops.ts';
import { convolveOnTape } from './on-tape.ts';

/** Operands of a dilated convolution. */
export type DilatedConvolution = {
  /** [length + (kernelSize − 1)·dilation, inputSize] */
  readonly x: Tensor2D;
  /** [kernelSize, inputSize, outputSize] */
  readonly kernel: Tensor3D;
  /** [outputSize] */
  readonly bias: Tensor1D;
  /** Rows from one tap to the next, from 1. */
  readonly dilation: number;
};

/**
 * A dilated convolution over rows, without padding.
 *
 *   yᵣ = bias + Σₖ xₛ·kernel[k]      s = r + k·dilation
 *
 * Rows of several sequences may take turns, with as many times the dilation: frames of a batch, time first.
 *
 * Shapes: x [length + (kernelSize − 1)·dilation, inputSize] → y [length, outputSize].
 * Cost:   on cpu and wasm one op where there is SIMD, on one thread: kernelSize products of [length, inputSize] with a
 *         kernel, each of which reads x where it is. Elsewhere as many products of slices. Gradients are such ops, too,
 *         so that higher-order ones exist.
 * @throws {ShapeError} if inputSize is not the same in x and kernel, outputSize in kernel and bias, or x is shorter
 * than the taps reach.
 */
export function dilatedConvolution({ x, kernel, bias, dilation }: DilatedConvolution): Tensor2D {
  const [rows, inputSize] = x.shape;
  const [kernelSize, depth, outputSize] = kernel.shape;
  const reach = (kernelSize - 1) * dilation;
  if (inputSize !== depth || rows <= reach || bias.shape[0] !== outputSize) {
    throw new ShapeError(
      `dilatedConvolution: expected x [more than ${reach}, ${depth}] and bias [${outputSize}], those of kernel [${kernel.shape.join(', ')}], got [${x.shape.join(', ')}] and [${bias.shape.join(', ')}].`,
    );
  }
  return hasSimdHere() ? convolveOnTape(x, kernel, bias, dilation) : convolveByOps(x, kernel, bias, dilation);
}

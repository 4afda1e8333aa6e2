import {
  add,
  addN,
  matMul,
  slice,
  squeeze,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';

/** A sum of products of slices, for backends without SIMD. */
export function convolveByOps(x: Tensor2D, kernel: Tensor3D, bias: Tensor1D, dilation: number): Tensor2D {
  const [kernelSize, inputSize, outputSize] = kernel.shape;
  const length = x.shape[0] - (kernelSize - 1) * dilation;
  return tidy(() => {
    const products = Array.from({ length: kernelSize }, (_, k) => {
      const tap: Tensor2D = squeeze(slice(kernel, [k, 0, 0], [1, inputSize, outputSize]), [0]);
      return matMul(slice(x, [k * dilation, 0], [length, inputSize]), tap) as Tensor2D;
    });
    return add(addN(products), bias);
  });
}

import { expectSizes, type Rng } from '@elman/core';
import { affine } from '@elman/kernels';
import { matMul, reshape, type Tensor, type Tensor1D, type Tensor2D, tidy, zeros } from '@tensorflow/tfjs-core';
import { expectLastAxis } from './expect.ts';
import { glorotUniform } from './initializers.ts';

/** Sizes of a dense layer. */
export type DenseOptions = {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Whether a bias is added; true by default. */
  readonly bias?: boolean | undefined;
};

/** kernel [inputSize, outputSize]; bias [outputSize], absent if the layer has none. */
export type DenseParams = { readonly kernel: Tensor2D; readonly bias: Tensor1D } | { readonly kernel: Tensor2D };

/** A dense layer. */
export interface Dense {
  readonly name: string;
  readonly inputSize: number;
  readonly outputSize: number;
  init(rng: Rng): DenseParams;
  /** […, inputSize] to […, outputSize]. */
  apply<T extends Tensor>(params: DenseParams, x: T): T;
}

/**
 * A linear map of the last axis.
 *
 *   y = x·kernel + bias
 *
 * Shapes: x […, inputSize] → y […, outputSize]; one product over all leading axes.
 * Init:   kernel Glorot uniform, bias 0.
 * @throws {ShapeError} if the last axis of x is not inputSize.
 */
export function dense(options: DenseOptions): Dense {
  const { inputSize, outputSize, bias = true } = options;
  const name = 'dense';
  expectSizes(name, { inputSize, outputSize });
  return {
    name,
    inputSize,
    outputSize,
    init(rng) {
      const kernel = glorotUniform(rng.fork('kernel'), [inputSize, outputSize]);
      return bias ? { kernel, bias: zeros([outputSize]) } : { kernel };
    },
    apply<T extends Tensor>(params: DenseParams, x: T): T {
      expectLastAxis(name, 'input', x, 'inputSize', inputSize);
      return tidy(() => {
        if ('bias' in params) return affine<T>({ x, ...params });
        const product = matMul(reshape(x, [-1, inputSize]), params.kernel);
        return reshape(product, [...x.shape.slice(0, -1), outputSize]) as T;
      });
    },
  };
}

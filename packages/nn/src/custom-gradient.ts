import { customGrad, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';

/** What a function with a gradient of its own computes: the value, and how the value's gradient becomes the input's. */
export type WithGradient<T extends Tensor> = {
  readonly value: T;
  readonly gradFunc: (dy: T, saved: Tensor[]) => Tensor;
};

/**
 * f(x) with the gradient by x that f gives in closed form. What the gradient needs must go through `save`: all else that
 * f makes is freed when it returns. Tensors that f closes over are constants.
 */
export function withGradient<T extends Tensor>(x: Tensor, f: (x: Tensor, save: GradSaveFunc) => WithGradient<T>): T {
  return customGrad<T>((input, save) => f(input as Tensor, save as GradSaveFunc))(x);
}

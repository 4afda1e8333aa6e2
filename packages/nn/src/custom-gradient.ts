import { customGrad, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';

/** Results of a function with a custom gradient: the value, and the backward function. */
export type WithGradient<T extends Tensor> = {
  readonly value: T;
  readonly gradFunc: (dy: T, saved: Tensor[]) => Tensor;
};

/**
 * f(x) with the gradient w.r.t. x that f defines in closed form. What the gradient needs must be passed to `save`: all other
 * tensors of f are disposed of when it returns. Tensors that f closes over are constants.
 */
export function withGradient<T extends Tensor>(x: Tensor, f: (x: Tensor, save: GradSaveFunc) => WithGradient<T>): T {
  return customGrad<T>((input, save) => f(input as Tensor, save as GradSaveFunc))(x);
}

/** The same for several tensors: the backward function returns a gradient w.r.t. each. */
export function withGradients<T extends Tensor>(
  xs: readonly Tensor[],
  f: (
    xs: Tensor[],
    save: GradSaveFunc,
  ) => { readonly value: T; readonly gradFunc: (dy: T, saved: Tensor[]) => Tensor[] },
): T {
  return customGrad<T>((...given) => f(given.slice(0, -1) as Tensor[], given.at(-1) as GradSaveFunc))(...xs);
}

import { cast, customGrad, greater, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * 1 where x > 1/2, else 0, with the gradient of x itself: the straight-through estimator, which is not the derivative (that is 0).
 *
 * @see Bengio, Léonard & Courville 2013, "Estimating or propagating gradients through stochastic neurons"
 */
export function binarize(x: Tensor2D): Tensor2D {
  const through = customGrad<Tensor>((input) => ({
    value: cast(greater(input as Tensor, 0.5), 'float32'),
    gradFunc: (dy: Tensor) => dy.clone(),
  }));
  return through(x) as Tensor2D;
}

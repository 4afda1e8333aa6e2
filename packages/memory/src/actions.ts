import {
  argMax,
  matMul,
  oneHot,
  reshape,
  softmax,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/** Weights of actions from their logits, along the last axis: their softmax, or one-hot of the likeliest where they are hard. */
export function actionWeights<T extends Tensor>(logits: T, isHard: boolean): T {
  if (!isHard) return softmax(logits);
  return oneHot(argMax(logits, -1), logits.shape.at(-1) as number, 1, 0, 'float32') as T;
}

/**
 * The outcomes of all actions on a store, averaged by the weights of the actions: one product.
 *
 * Shapes: outcomes [batch, stores, actions·cells, size], one outcome after another; weights [batch, stores, actions] →
 * [batch, stores, cells, size].
 */
export function blend(outcomes: Tensor4D, weights: Tensor3D): Tensor4D {
  const [batch, stores, all, size] = outcomes.shape;
  const actions = weights.shape[2];
  const cells = all / actions;
  const flat = reshape(outcomes, [batch, stores, actions, cells * size]);
  return reshape(matMul(reshape(weights, [batch, stores, 1, actions]), flat), [batch, stores, cells, size]);
}

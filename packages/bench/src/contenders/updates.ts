import { type Optimizer, type Tree, tree, valueAndGrad } from '@elman/core';
import { applyUpdates } from '@elman/optim';
import type { Scalar } from '@tensorflow/tfjs-core';
import { numberOf } from './recurrence.ts';

/** Whole training steps: the loss of the next batch and its gradient, and the optimizer's update. */
export function updates(
  start: Tree,
  optimizer: Optimizer<Tree>,
  nextLoss: () => (params: Tree) => Scalar,
): () => Promise<number> {
  let params = start;
  let state: Tree = optimizer.init(params);
  let step = 0;
  return async () => {
    const lossOf = nextLoss();
    const { value, grads } = valueAndGrad((given) => ({ loss: lossOf(given), aux: {} }), params);
    const next = optimizer.update(grads, state, params, step++);
    const updated = applyUpdates(params, next.updates);
    tree.dispose([grads, next.updates, params, state]);
    [params, state] = [updated, next.state];
    return numberOf(value);
  };
}

import type { Batch, Sequence, Task } from '@elman/core';
import { accuracy, binaryCrossEntropy, meanSquaredError, softmaxCrossEntropy } from '@elman/nn';
import {
  abs,
  cast,
  div,
  equal,
  expandDims,
  greater,
  lessEqual,
  maximum,
  mul,
  notEqual,
  type Scalar,
  sub,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

/** How outputs are scored. */
export type Scoring = Pick<Task, 'targets' | 'loss' | 'accuracy'>;

/** Outputs are logits; the loss is the cross-entropy of their softmax; right is where the target's is the largest. */
export const ids: Scoring = {
  targets: 'ids',
  loss: (outputs, { targets, mask }) => alone(() => softmaxCrossEntropy(outputs, targets, { mask })),
  accuracy: (outputs, { targets, mask }) => accuracy(outputs, targets, { mask }),
};

/** Outputs are logits of independent bits; the loss is nats per bit; a bit is right if its logit has the right sign. */
export const bits: Scoring = {
  targets: 'bits',
  loss: (outputs, { targets, mask }) => alone(() => binaryCrossEntropy(outputs, targets, { mask })),
  accuracy: (outputs, batch) => fraction(batch, () => equal(greater(outputs, 0), greater(batch.targets, 0.5))),
};

/** Outputs are numbers; the loss is the mean squared error; right is within `tolerance` of the target. */
export function numbers(tolerance: number): Scoring {
  return {
    targets: 'numbers',
    loss: (outputs, { targets, mask }) => alone(() => meanSquaredError(outputs, targets, { mask })),
    accuracy: (outputs, batch) => fraction(batch, () => lessEqual(abs(sub(outputs, batch.targets)), tolerance)),
  };
}

function alone(f: () => { loss: Scalar; count: Scalar }): Scalar {
  return tidy(() => f().loss);
}

/** The fraction of the numbers [batch, time, size] of frames that count of which something holds; 0 where none counts. */
function fraction({ mask }: Batch, holds: () => Tensor): Scalar {
  return tidy(() => {
    const right = cast(holds(), 'float32') as Sequence;
    if (mask === undefined) return div(sum(right), right.size) as Scalar;
    const real = expandDims(cast(notEqual(mask, 0), 'float32'), 2);
    const count = maximum(mul(sum(real), right.shape[2]), 1);
    return div(sum(mul(right, real)), count) as Scalar;
  });
}

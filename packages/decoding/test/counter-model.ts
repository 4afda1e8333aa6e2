import type { TokenModel } from '@elman/core';
import { add, cast, matMul, oneHot, type Tensor2D, tensor2d, zeros } from '@tensorflow/tfjs-core';

/** seen: [batch, vocabSize], the count of each token so far. */
export type CounterState = { readonly seen: Tensor2D };

/** Logits that depend on all tokens so far: counts · table. The state is the counts. */
export function counterModel(table: readonly (readonly number[])[]): TokenModel<CounterState> {
  const vocabSize = table.length;
  return {
    vocabSize,
    initialState: (batchSize) => ({ seen: zeros([batchSize, vocabSize]) }),
    next({ seen }, tokens) {
      const nextSeen: Tensor2D = add(seen, cast(oneHot(tokens, vocabSize), 'float32'));
      const weights = tensor2d(table.map((row) => [...row]));
      return { logits: matMul(nextSeen, weights), state: { seen: nextSeen } };
    },
  };
}

/** The same logits at every step, whatever the tokens. */
export function constantModel(logits: readonly number[]): TokenModel<CounterState> {
  const vocabSize = logits.length;
  return {
    vocabSize,
    initialState: (batchSize) => ({ seen: zeros([batchSize, 1]) }),
    next({ seen }) {
      const rows = add(zeros([seen.shape[0], vocabSize]), tensor2d([[...logits]])) as Tensor2D;
      return { logits: rows, state: { seen: add(seen, 1) } };
    },
  };
}

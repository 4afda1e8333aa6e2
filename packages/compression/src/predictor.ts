import { expectShape, type TokenModel, type Tree, tree } from '@elman/core';
import { type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';

/** A model on one sequence: the logits after each token, which are valid until the next call. */
export interface Predictor {
  after(token: number): Float32Array | Promise<Float32Array>;
  dispose(): void;
}

/** A session of the model where it has one, else its steps on tensors. */
export function predictorOf<S extends Tree>(model: TokenModel<S>): Predictor {
  const session = model.open?.(1);
  if (session === undefined) return onTensors(model);
  return {
    after: (token) => session.next([token], true) as Float32Array,
    dispose: () => session.dispose(),
  };
}

function onTensors<S extends Tree>(model: TokenModel<S>): Predictor {
  let state = tree.tidy(() => model.initialState(1));
  return {
    async after(token) {
      const next = tree.tidy(() => {
        const step = model.next(state, tensor1d([token], 'int32'), model.context);
        expectShape('compression', 'logits', step.logits, { batch: 1, vocabSize: model.vocabSize });
        return { logits: step.logits, state: step.state as Tree };
      }) as { readonly logits: Tensor2D; readonly state: S };
      const passedOn = new Set(tree.leaves(next.state));
      for (const leaf of tree.leaves(state)) if (!passedOn.has(leaf)) leaf.dispose();
      state = next.state;
      try {
        return (await next.logits.data()) as Float32Array;
      } finally {
        if (!passedOn.has(next.logits)) next.logits.dispose();
      }
    },
    dispose: () => tree.dispose(state),
  };
}

import { expectShape, ShapeError, type TokenModel, type Tree, tree } from '@elman/core';
import { type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';

/** A session that waits for the device, where `TokenSession` does not. */
export interface TensorSession {
  next(tokens: readonly number[], wanted: boolean): Promise<Float32Array | undefined>;
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/** A model at work through its `next`, on any backend. */
export function openOnTensors<S extends Tree>(model: TokenModel<S>, batchSize: number): TensorSession {
  let state = tree.tidy(() => model.initialState(batchSize));
  return {
    async next(tokens, wanted) {
      const { logits, state: next } = advance(model, state, tokens);
      disposeOld(state, next);
      state = next;
      try {
        return wanted ? ((await logits.data()) as Float32Array) : undefined;
      } finally {
        logits.dispose();
      }
    },
    keep(rows) {
      const kept = tree.tidy(() => tree.gather(state, tensor1d([...rows], 'int32')));
      tree.dispose(state);
      state = kept;
    },
    dispose: () => tree.dispose(state),
  };
}

function advance<S extends Tree>(model: TokenModel<S>, state: S, tokens: readonly number[]) {
  return tree.tidy(() => {
    const next = model.next(state, tensor1d([...tokens], 'int32'));
    expectShape('decoding', 'logits', next.logits, { batch: tokens.length, vocabSize: model.vocabSize });
    if (next.logits.dtype !== 'float32') {
      throw new ShapeError(`decoding: logits: expected float32, got ${next.logits.dtype}; cast them in the model.`);
    }
    return next as { logits: Tensor2D; state: S };
  });
}

/** Disposes the old state, but for leaves that the model has handed through. */
function disposeOld(old: Tree, next: Tree): void {
  const inUse = new Set(tree.leaves(next));
  for (const leaf of tree.leaves(old)) if (!inUse.has(leaf)) leaf.dispose();
}

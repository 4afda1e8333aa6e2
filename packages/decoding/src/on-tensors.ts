import { expectShape, ShapeError, type TokenModel, type Tree, tree } from '@elman/core';
import { type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';

/** A session that waits for the device, where `TokenSession` does not. */
export interface TensorSession {
  next(tokens: readonly number[], wanted: boolean): Promise<Float32Array | undefined>;
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/** A model at work through its `next`, on any backend. Rows may also become more than they were at first. */
export function openOnTensors<S extends Tree>(model: TokenModel<S>, batchSize: number): TensorSession {
  let state = tree.tidy(() => model.initialState(batchSize));
  const context = contextOf(model);
  return {
    async next(tokens, wanted) {
      const { logits, state: next } = advance(model, state, tokens, context.rows());
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
      context.keep(rows);
    },
    dispose() {
      tree.dispose(state);
      context.dispose();
    },
  };
}

/** The context of the rows at work: gathered anew only where other sources are at work than before, not where rows change places. */
function contextOf({ context }: { readonly context?: Tree | undefined }) {
  let sources: readonly number[] | undefined;
  let made: Tree | undefined;
  return {
    rows: () => made ?? context,
    keep(rows: readonly number[]) {
      if (context === undefined) return;
      const before = sources;
      const after = rows.map((row) => before?.[row] ?? row);
      if (before !== undefined && after.length === before.length && after.every((row, i) => row === before[i])) return;
      if (made !== undefined) tree.dispose(made);
      sources = after;
      made = tree.tidy(() => tree.gather(context, tensor1d(after, 'int32')));
    },
    dispose() {
      if (made !== undefined) tree.dispose(made);
    },
  };
}

function advance<S extends Tree>(
  model: TokenModel<S>,
  state: S,
  tokens: readonly number[],
  context: Tree | undefined,
): { readonly logits: Tensor2D; readonly state: S } {
  return tree.tidy(() => {
    const next = model.next(state, tensor1d([...tokens], 'int32'), context);
    expectShape('decoding', 'logits', next.logits, { batch: tokens.length, vocabSize: model.vocabSize });
    if (next.logits.dtype !== 'float32') {
      throw new ShapeError(`decoding: logits: expected float32, got ${next.logits.dtype}; cast them in the model.`);
    }
    return { logits: next.logits, state: next.state };
  });
}

/** Disposes the old state, but for leaves that the model has handed through. */
function disposeOld(old: Tree, next: Tree): void {
  const inUse = new Set(tree.leaves(next));
  for (const leaf of tree.leaves(old)) if (!inUse.has(leaf)) leaf.dispose();
}

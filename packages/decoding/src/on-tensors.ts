import {
  expectShape,
  type HighestLogits,
  OptionError,
  ShapeError,
  type TokenModel,
  type TokenStep,
  type Tree,
  tree,
} from '@elman/core';
import { getBackend, logSumExp, type Tensor, type Tensor2D, tensor1d, topk } from '@tensorflow/tfjs-core';

/** A session that waits for the device, where `TokenSession` does not. */
export interface TensorSession {
  next(tokens: readonly number[], wanted: boolean): Promise<Float32Array | undefined>;
  /** Undefined where the backend has no quicker way than to read all. */
  highest?(tokens: readonly number[], count: number): Promise<HighestLogits>;
  /** Where the model looked in the last step of which something was read, [batch·sourceLength]; only if asked for. */
  readonly weights: Float32Array | undefined;
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/**
 * Backends that find the highest logits where these are. On `cpu` and `wasm` they are here anyway; on `webgl` `topk` reads whole rows too, and
 * waits for them, below 100,000 columns; above, its indices are floats.
 */
const FIND_THE_HIGHEST: ReadonlySet<string> = new Set(['webgpu', 'tensorflow']);

/**
 * A model at work through its `next`, on any backend. Rows may also become more than they were at first.
 *
 * @throws {OptionError} in a step, if `weights` are asked for and the model gives none.
 */
export function openOnTensors<S extends Tree>(
  model: TokenModel<S>,
  batchSize: number,
  { weights: wantsWeights = false }: { readonly weights?: boolean } = {},
): TensorSession {
  let state = tree.tidy(() => model.initialState(batchSize));
  let weights: Float32Array | undefined;
  const context = contextOf(model);

  /** A step; `read` reads what it wants of it, and what is made for that is disposed of afterwards. */
  const advance = async <T>(
    tokens: readonly number[],
    find: (logits: Tensor2D) => readonly Tensor[],
    read: (...found: [Float32Array, Float32Array, Float32Array]) => T,
  ): Promise<T> => {
    const step = tree.tidy(() => {
      const next = model.next(state, tensor1d([...tokens], 'int32'), context.rows());
      expectLogits(next, tokens.length, model.vocabSize);
      const found = find(next.logits);
      const looked = found.length > 0 && wantsWeights ? [expectWeights(next, tokens.length)] : [];
      return { found: [...found, ...looked], state: next.state as Tree };
    }) as unknown as { readonly found: readonly Tensor[]; readonly state: S };
    disposeOld(state, step.state);
    state = step.state;
    try {
      const values = (await Promise.all(step.found.map((tensor) => tensor.data()))) as Float32Array[];
      if (wantsWeights && values.length > 0) weights = values.pop();
      return read(...(values as [Float32Array, Float32Array, Float32Array]));
    } finally {
      disposeOld(step.found, state);
    }
  };

  return {
    next: (tokens, wanted) =>
      advance(
        tokens,
        (logits) => (wanted ? [logits] : []),
        (values): Float32Array | undefined => values,
      ),
    ...(FIND_THE_HIGHEST.has(getBackend())
      ? {
          highest: (tokens, count) =>
            advance(
              tokens,
              (logits) => {
                const { values, indices } = topk(logits, count);
                return [values, indices, logSumExp(logits, 1)];
              },
              (logits, indices, normalizers) => ({
                logits,
                tokens: Int32Array.from(indices),
                // Shaders need not know of infinity: of what is no number, the highest logit tells.
                normalizers: Float64Array.from(normalizers, (z, row) =>
                  Number.isFinite(z) && Number.isFinite(logits[row * count]) ? z : Number.NaN,
                ),
              }),
            ),
        }
      : {}),
    get weights() {
      return weights;
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

/** The context of the rows at work. */
export interface RowContext {
  rows(): Tree | undefined;
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/** The context of the rows at work: gathered anew only where other sources are at work than before, not where rows change places. */
export function contextOf({ context }: { readonly context?: Tree | undefined }): RowContext {
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

export function expectLogits<S extends Tree>({ logits }: TokenStep<S>, batch: number, vocabSize: number): void {
  expectShape('decoding', 'logits', logits, { batch, vocabSize });
  if (logits.dtype !== 'float32') {
    throw new ShapeError(`decoding: logits: expected float32, got ${logits.dtype}; cast them in the model.`);
  }
}

function expectWeights<S extends Tree>({ weights }: TokenStep<S>, batch: number): Tensor2D {
  if (weights === undefined) {
    throw new OptionError(
      'decoding: alignments, coveragePenalty: expected a model that says where it looks (`weights` of its steps), got one without attention.',
    );
  }
  expectShape('decoding', 'weights', weights, { batch, sourceLength: undefined });
  return weights;
}

/** Disposes the old state, but for leaves that the model has handed through. */
export function disposeOld(old: Tree, next: Tree): void {
  const inUse = new Set(tree.leaves(next));
  for (const leaf of tree.leaves(old)) if (!inUse.has(leaf)) leaf.dispose();
}

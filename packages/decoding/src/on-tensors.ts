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

/** A session that awaits the device, unlike `TokenSession`. */
export interface TensorSession {
  next(tokens: readonly number[], wanted: boolean): Promise<Float32Array | undefined>;
  /** Undefined where the backend has to read all. */
  highest?(tokens: readonly number[], count: number): Promise<HighestLogits>;
  /** The attention weights of the last step that was read, [batch·sourceLength]; only if requested. */
  readonly weights: Float32Array | undefined;
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/**
 * Backends that find the highest logits on the device. On `cpu` and `wasm` they are in host memory anyway; on `webgl`
 * `topk` reads whole rows too, and waits for them, below 100,000 columns; above, its indices are floats.
 */
const FIND_THE_HIGHEST: ReadonlySet<string> = new Set(['webgpu', 'tensorflow']);

/**
 * A model stepped by its `next`, on any backend. The number of rows may grow.
 *
 * @throws {OptionError} in a step, if `weights` are requested and the model has none.
 */
export function openOnTensors<S extends Tree>(
  model: TokenModel<S>,
  batchSize: number,
  { weights: wantsWeights = false }: { readonly weights?: boolean } = {},
): TensorSession {
  let state = tree.tidy(() => model.initialState(batchSize));
  let weights: Float32Array | undefined;
  const context = contextOf(model);

  /** A step; `read` reads its results, and its temporary tensors are disposed of afterwards. */
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
                // Shaders need not support infinity: the highest logit shows whether some are not numbers.
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

/** The context of the active rows. */
export interface RowContext {
  rows(): Tree | undefined;
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/** The context of the active rows: gathered again only if the sources have changed, not if rows are reordered. */
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
      'decoding: alignments, coveragePenalty: expected a model with attention (`weights` of its steps), got one without.',
    );
  }
  expectShape('decoding', 'weights', weights, { batch, sourceLength: undefined });
  return weights;
}

/** Disposes the old state, except for leaves that the model has passed through. */
export function disposeOld(old: Tree, next: Tree): void {
  const inUse = new Set(tree.leaves(next));
  for (const leaf of tree.leaves(old)) if (!inUse.has(leaf)) leaf.dispose();
}

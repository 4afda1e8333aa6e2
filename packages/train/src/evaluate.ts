import { type BatchSource, breather, DataError, type Tree, tree } from '@elman/core';
import { cast, stack } from '@tensorflow/tfjs-core';
import type { Trainable } from './contracts.ts';
import { free } from './free.ts';

/** A loss over many batches. */
export interface Evaluation {
  /** Mean over everything that counts: nats per token, say. */
  readonly loss: number;
  /** How many that are. */
  readonly count: number;
}

/**
 * The loss of a model over one epoch of batches, without noise:
 *
 *   loss = Σ lossᵢ·countᵢ / Σ countᵢ
 *
 * so that it does not depend on how the data are cut into batches. The state is carried from batch to batch where the
 * batches go on. Everything made on the way is disposed; `params` are borrowed.
 *
 * @throws {DataError} if nothing counts; the reason of `signal` if it is aborted.
 */
export async function evaluate<P extends Tree, S extends Tree, B>(
  model: Trainable<P, S, B>,
  params: P,
  batches: BatchSource<B>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Evaluation> {
  const breathe = breather();
  let sum = 0;
  let count = 0;
  let state: S | undefined;
  try {
    for (let index = 0; index < batches.batchesPerEpoch; index++) {
      signal?.throwIfAborted();
      const batch = batches.batch(0, index);
      try {
        const before = stateBefore(model, batch, state);
        state = before;
        const { numbers, next } = tree.tidy(() => {
          const { loss, count: counted, state: next } = model.loss(params, batch, before, {});
          return { numbers: stack([loss, cast(counted, 'float32')]), next };
        });
        tree.dispose(before);
        state = next;
        const [loss, counted] = (await numbers.data()) as unknown as [number, number];
        numbers.dispose();
        if (counted > 0) sum += loss * counted;
        count += counted;
      } finally {
        free(batch);
      }
      await breathe();
    }
  } finally {
    if (state !== undefined) tree.dispose(state);
  }
  if (count === 0)
    throw new DataError('evaluate: no target counts in these batches; give it more data or another mask.');
  return { loss: sum / count, count };
}

/** The state that a batch starts from: `carried`, or the initial one, and then `carried` is disposed. */
export function stateBefore<S extends Tree, B>(
  model: Pick<Trainable<Tree, S, B>, 'batchSize' | 'initialState' | 'startsFresh'>,
  batch: B,
  carried: S | undefined,
): S {
  if (carried !== undefined && model.startsFresh?.(batch) === false) return carried;
  if (carried !== undefined) tree.dispose(carried);
  return tree.tidy(() => model.initialState(model.batchSize(batch)));
}

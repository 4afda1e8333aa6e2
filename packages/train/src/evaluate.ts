import { type BatchSource, breather, DataError, OptionError, type Tree, tree, withParamsOf } from '@elman/core';
import { cast, stack } from '@tensorflow/tfjs-core';
import type { Trainable } from './contracts.ts';
import { damageOf } from './damage.ts';
import { expectParts } from './expect-parts.ts';
import { free } from './free.ts';

/** A loss over many batches. */
export interface Evaluation {
  /** Mean over the unmasked targets: nats per token, say. */
  readonly loss: number;
  /** The number of unmasked targets. */
  readonly count: number;
  /** The model's other metrics, each the mean over the same targets. */
  readonly metrics: { readonly [name: string]: number };
}

/**
 * The loss of a model over one epoch of batches, without noise:
 *
 *   loss = Σ lossᵢ·countᵢ / Σ countᵢ
 *
 * independent of how the data are split into batches; its metrics likewise. The state is carried from batch to batch
 * where the batches continue. Intermediate tensors are disposed; `params` are borrowed.
 *
 * @throws {DataError} naming batch, row and frame, if a loss is not finite and its batch has NaN or infinite numbers;
 * if all targets are masked, or there is no batch. {OptionError} if the batches have no end; the reason of `signal` if
 * it is aborted.
 */
export async function evaluate<P extends Tree, S extends Tree, B>(
  model: Trainable<P, S, B>,
  params: P,
  batches: BatchSource<B>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Evaluation> {
  expectParts('evaluate', { model, params, batches });
  const { batchesPerEpoch } = batches;
  if (batchesPerEpoch === 0) throw new DataError('evaluate: expected one batch or more, got none; give more data.');
  if (!Number.isSafeInteger(batchesPerEpoch)) {
    throw new OptionError(
      `evaluate: batches: they have no end (batchesPerEpoch ${batchesPerEpoch}); give a part of them.`,
    );
  }
  const breathe = breather();
  let sum = 0;
  let count = 0;
  const sums: { [name: string]: number } = {};
  let state: S | undefined;
  try {
    for (let index = 0; index < batchesPerEpoch; index++) {
      signal?.throwIfAborted();
      const batch = batches.batch(0, index);
      try {
        const before = stateBefore(model, batch, state);
        state = before;
        let names: readonly string[] = [];
        const { numbers, next } = tree.tidy(() => {
          const {
            loss,
            count: counted,
            state: next,
            metrics = {},
          } = withParamsOf('evaluate', model, params, () => model.loss(params, batch, before, { metrics: true }));
          names = Object.keys(metrics);
          return { numbers: stack([loss, cast(counted, 'float32'), ...Object.values(metrics)]), next };
        });
        tree.dispose(before);
        state = next;
        const [loss, counted, ...measured] = (await numbers.data()) as unknown as [number, number, ...number[]];
        numbers.dispose();
        if (![loss, counted].every(Number.isFinite)) {
          const damage = await damageOf(batch);
          if (damage !== undefined) {
            throw new DataError(`evaluate: batch ${index}, ${damage}; look at the data, or mask it.`);
          }
        }
        if (counted > 0) {
          sum += loss * counted;
          names.forEach((name, i) => {
            sums[name] = (sums[name] ?? 0) + (measured[i] as number) * counted;
          });
        }
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
    throw new DataError('evaluate: all targets in these batches are masked; give more data or another mask.');
  const metrics = Object.fromEntries(Object.entries(sums).map(([name, total]) => [name, total / count]));
  return { loss: sum / count, count, metrics };
}

/**
 * The state that a batch starts from: `carried`, or the initial one, and then `carried` is disposed.
 * @throws {DataError} if a batch continues from a state with another number of rows.
 */
export function stateBefore<S extends Tree, B>(
  model: Pick<Trainable<Tree, S, B>, 'batchSize' | 'initialState' | 'startsFresh'>,
  batch: B,
  carried: S | undefined,
): S {
  if (carried !== undefined && model.startsFresh?.(batch) === false) {
    const rows = model.batchSize(batch);
    const before = tree.leaves(carried)[0]?.shape[0] ?? rows;
    if (before === rows) return carried;
    throw new DataError(
      `train: a batch of ${rows} rows continues one of ${before}; give batches of equally many rows, or let each start from the initial state.`,
    );
  }
  if (carried !== undefined) tree.dispose(carried);
  return tree.tidy(() => model.initialState(model.batchSize(batch)));
}

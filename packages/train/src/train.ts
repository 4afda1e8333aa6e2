import { breather, Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { applyUpdates, globalNorm } from '@elman/optim';
import { cast, stack, tidy } from '@tensorflow/tfjs-core';
import { stateBefore } from './evaluate.ts';
import { free } from './free.ts';
import { drawOf, levelOf } from './grading.ts';
import { expectFinite, expectSound } from './guard.ts';
import { judge } from './judge.ts';
import { countMasked } from './masked-batches.ts';
import { checkOptions, modelOf, type TrainOptions, type UpdateEvent, updatesOf } from './options.ts';
import { disposeTraining, type Run, startRun, type TrainingState } from './state.ts';

/** Why a run ended: all updates made; `earlyStopping`; or its signal was aborted. */
export type Reason = 'finished' | 'stopped' | 'aborted';

/** How a run ended. */
export interface TrainingResult<P extends Tree, S extends Tree, O extends Tree> {
  readonly reason: Reason;
  /** The best parameters if there was `earlyStopping`, else the last; one of the two trees in `state`. */
  readonly params: P;
  /** The state of the run, the caller's to dispose (`disposeTraining`); pass it as `resume` to continue. */
  readonly state: TrainingState<P, S, O>;
}

/**
 * Trains a model.
 *
 *   for each update:  θ ← θ + scale · optimizer(∇θ loss(θ, batch, state))
 *
 * A batch that continues the last one starts from its final state, detached: truncated backpropagation through time.
 * All randomness is a function of the seed and the step, and everything else is in the saved state: a run that
 * stops at any update and resumes gives the same losses and parameters, bit for bit, as an uninterrupted one.
 *
 * A state is saved once the next update has checked its loss. If loss or gradient is not finite, or the loss is a
 * thousand times what untrained parameters have on the same batch (`divergenceFactor`), the update is not made.
 *
 * @throws {DivergenceError} naming update and parameter; {DataError} naming batch, row and frame, if the batch has NaN
 * or infinite numbers, or if all targets of an epoch, or of 1,000 batches in a row, are masked; {OptionError} if the
 * options are inconsistent.
 */
export async function train<P extends Tree, S extends Tree, O extends Tree, B>(
  options: TrainOptions<P, S, O, B>,
): Promise<TrainingResult<P, S, O>> {
  checkOptions(options);
  const updates = updatesOf(options);
  const run = startRun(options);
  try {
    const reason = await loop({ ...options, updates }, run);
    const params = options.earlyStopping === undefined ? run.params : (run.best ?? run.params);
    return { reason, params, state: run };
  } catch (error) {
    disposeTraining(run);
    throw error;
  }
}

/** Options of a run, with the number of updates resolved. */
type Planned<P extends Tree, S extends Tree, O extends Tree, B> = TrainOptions<P, S, O, B> & {
  readonly updates: number;
};

async function loop<P extends Tree, S extends Tree, O extends Tree, B>(
  options: Planned<P, S, O, B>,
  run: Run<P, S, O>,
): Promise<Reason> {
  const { updates, evaluateEvery, earlyStopping, save, saveEvery, signal } = options;
  const breathe = breather();
  const expectTarget = countMasked(options.batches);
  let savedAt = options.resume?.progress.step;

  const isDue = (every: number | undefined): boolean =>
    run.progress.step > 0 && every !== undefined && run.progress.step % every === 0;

  const settle = async (): Promise<void> => {
    const { step } = run.progress;
    await expectFinite(run.params, options.optimizer, step, savedAt);
    if (save === undefined || savedAt === step) return;
    await save(run);
    savedAt = step;
    await options.onSave?.({ step });
  };

  const end = async (reason: Reason): Promise<Reason> => {
    await settle();
    return reason;
  };

  for (;;) {
    const { step } = run.progress;
    const evaluateNow = isDue(evaluateEvery) || (step > 0 && step >= updates);
    if (evaluateNow && run.progress.evaluations.at(-1)?.step !== step) {
      try {
        const event = await judge(options, run, isDue(evaluateEvery));
        if (event !== undefined) await options.onEvaluation?.(event);
      } catch (error) {
        if (signal?.aborted !== true) throw error;
      }
    }
    if (signal?.aborted) return end('aborted');
    if (earlyStopping !== undefined && run.progress.withoutImprovement >= earlyStopping.patience) return end('stopped');
    if (step >= updates) return end('finished');
    const event = await update(options, run, savedAt, isDue(saveEvery) ? settle : undefined);
    expectTarget(event);
    await options.onUpdate?.(event);
    await breathe();
  }
}

/** Replaces a tree of the run, and disposes the tensors that only the old one has. */
function replace<R extends Run<Tree, Tree, Tree>, K extends 'params' | 'optimizerState' | 'state'>(
  run: R,
  key: K,
  next: R[K],
): void {
  const held = new Set(tree.leaves(next));
  for (const leaf of tree.leaves(run[key])) if (!held.has(leaf)) leaf.dispose();
  run[key] = next;
}

/** One update. The current state may be saved before the parameters change, once its loss is checked. */
async function update<P extends Tree, S extends Tree, O extends Tree, B>(
  options: Planned<P, S, O, B>,
  run: Run<P, S, O>,
  savedAt: number | undefined,
  settle: (() => Promise<void>) | undefined,
): Promise<UpdateEvent> {
  const { batches, optimizer, updates, seed, sampling, curriculum } = options;
  const { step, firstLoss, plateau, curriculum: at } = run.progress;
  const model = modelOf(options, step);
  const epoch = Math.floor(step / batches.batchesPerEpoch);
  const batch = batches.batch(epoch, step % batches.batchesPerEpoch, drawOf(curriculum, at));
  const difficulty = levelOf(curriculum, at);
  const rng = Rng.seeded(seed).fork('noise').fork(step);
  try {
    run.state = stateBefore(model, batch, run.state);
    const { value, grads, aux } = valueAndGrad((params: P) => {
      const { loss, count, state } = model.loss(params, batch, run.state, { rng, sampling: sampling?.(step) });
      return { loss, aux: { count: cast(count, 'float32'), state } };
    }, run.params);
    try {
      const numbers = tidy(() => stack([value, globalNorm(grads), aux.count]));
      const [loss, gradientNorm, count] = (await numbers.data()) as unknown as [number, number, number];
      numbers.dispose();
      const place = [epoch, step % batches.batchesPerEpoch] as const;
      const found = { step: step + 1, place, loss, count, gradientNorm, params: run.params, grads, batch };
      const untrained = await expectSound(options, found, firstLoss, savedAt);
      await settle?.();
      const scale = plateau?.scale ?? 1;
      const next = tree.tidy(() => {
        const { updates, state } = optimizer.update(grads, run.optimizerState, run.params, step);
        return { params: applyUpdates(run.params, updates, scale), optimizerState: state };
      });
      replace(run, 'params', next.params);
      replace(run, 'optimizerState', next.optimizerState);
      replace(run, 'state', tree.clone(aux.state));
      run.progress = { ...run.progress, step: step + 1, firstLoss: untrained };
      return { step: step + 1, updates, epoch, loss, count, gradientNorm, scale, ...(difficulty && { difficulty }) };
    } finally {
      tree.dispose({ value, grads, aux });
    }
  } finally {
    free(batch);
  }
}

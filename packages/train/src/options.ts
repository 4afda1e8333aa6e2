import { type BatchSource, type Difficulty, expectSizes, type Optimizer, OptionError, type Tree } from '@elman/core';
import type { Plateau, Schedule } from '@elman/optim';
import type { Trainable } from './contracts.ts';
import type { Curriculum } from './curricula/index.ts';
import { expectModel, expectParts } from './expect-parts.ts';
import { DIVERGENCE_FACTOR } from './guard.ts';
import type { EvaluationRecord, TrainingState } from './state.ts';

/** The report after each update. */
export interface UpdateEvent {
  /** Updates made, this one included. */
  readonly step: number;
  /** Updates of the whole run. */
  readonly updates: number;
  /** From 0. */
  readonly epoch: number;
  /** Loss of the batch, before the update. */
  readonly loss: number;
  /** The number of tokens over which the loss is the mean. */
  readonly count: number;
  /** Global norm of the gradient, before clipping. */
  readonly gradientNorm: number;
  /** The plateau schedule's multiplier of the updates; 1 without one. */
  readonly scale: number;
  /** The level of the curriculum when the batch was drawn. */
  readonly difficulty?: Difficulty | undefined;
}

/** The report after each evaluation. */
export interface EvaluationEvent extends EvaluationRecord {
  readonly count: number;
  /** Whether it is the lowest so far. */
  readonly improved: boolean;
  /** The next level of the curriculum; `level` has the one that was evaluated. */
  readonly difficulty?: Difficulty | undefined;
}

/** Options of a run: model, data, optimizer, and progress listeners. */
export interface TrainOptions<P extends Tree, S extends Tree, O extends Tree, B> {
  readonly model: Trainable<P, S, B>;
  /**
   * The model of each update, by the updates made before: for what changes in the course of training while parameters and states do
   * not, such as the slope of `hierarchicalMultiscaleLstm`. `model` is then the one that is evaluated. A step is compiled for each cell:
   * return the same model for many steps.
   */
  readonly modelAt?: ((step: number) => Trainable<P, S, B>) | undefined;
  readonly batches: BatchSource<B>;
  /** Clipping is part of it: `chain(clipByGlobalNorm(5), adam({ … }))`. */
  readonly optimizer: Optimizer<O>;
  /** The total number of updates, those before a resume included. Either this or `epochs`. */
  readonly updates?: number | undefined;
  /** The same in epochs of `batches`. */
  readonly epochs?: number | undefined;
  readonly seed: number | string;
  /** Held-out batches; needed for evaluation and all that depends on it. */
  readonly validation?: BatchSource<B> | undefined;
  /** Updates between evaluations; the last update is always followed by one. */
  readonly evaluateEvery?: number | undefined;
  /** Lowers the learning rate when evaluations no longer improve. */
  readonly plateau?: Plateau | undefined;
  /**
   * The difficulty of the rows of `batches`, a source of graded rows. At each evaluation that is due, unless it is
   * settled, the curriculum is evaluated on rows of `validation` of its level. All else uses `validation` unchanged:
   * let that have the target difficulty.
   */
  readonly curriculum?: Curriculum | undefined;
  /** Stop after this many evaluations in a row without a new lowest loss; the result has the best parameters. */
  readonly earlyStopping?: { readonly patience: number } | undefined;
  /**
   * The run has diverged, and stops, if the loss of a batch is more than this many times that of untrained parameters on it (at least 1).
   * Default: 1000. With Infinity it stops only at values that are not finite.
   */
  readonly divergenceFactor?: number | undefined;
  /** Scheduled sampling: the probability, by step, that the model is fed its own prediction (Bengio et al. 2015). */
  readonly sampling?: Schedule | undefined;
  /** The state to resume from; borrowed. */
  readonly resume?: TrainingState<P, S, O> | undefined;
  /** Saves the state, which is borrowed until the promise resolves. Called only with finite parameters. */
  readonly save?: ((state: TrainingState<P, S, O>) => Promise<void> | void) | undefined;
  /** Updates between saves; the state is always saved at the end. */
  readonly saveEvery?: number | undefined;
  /** Stops after the current update, saves, and returns. */
  readonly signal?: AbortSignal | undefined;
  readonly onUpdate?: ((event: UpdateEvent) => Promise<void> | void) | undefined;
  readonly onEvaluation?: ((event: EvaluationEvent) => Promise<void> | void) | undefined;
  readonly onSave?: ((event: { readonly step: number }) => Promise<void> | void) | undefined;
}

/**
 * The number of updates of a run.
 * @throws {OptionError} unless either updates or epochs are given, the latter of a finite source.
 */
export function updatesOf({
  updates,
  epochs,
  batches,
}: {
  readonly updates?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batches: Pick<BatchSource<never>, 'batchesPerEpoch'>;
}): number {
  if ((updates === undefined) === (epochs === undefined)) {
    const got = updates === undefined ? 'neither' : 'both';
    throw new OptionError(`train: updates, epochs: expected one of them, which says how long the run is, got ${got}.`);
  }
  if (updates !== undefined) {
    expectSizes('train', { updates });
    return updates;
  }
  expectSizes('train', { epochs: epochs as number });
  const { batchesPerEpoch } = batches;
  if (!Number.isSafeInteger(batchesPerEpoch)) {
    throw new OptionError(
      `train: epochs: these batches have no end (batchesPerEpoch ${batchesPerEpoch}); give updates.`,
    );
  }
  return (epochs as number) * batchesPerEpoch;
}

/** The model of the update after so many. @throws {OptionError} if `modelAt` gives none. */
export function modelOf<P extends Tree, S extends Tree, B>(
  { model, modelAt }: Pick<TrainOptions<P, S, Tree, B>, 'model' | 'modelAt'>,
  step: number,
): Trainable<P, S, B> {
  if (modelAt === undefined) return model;
  if (typeof modelAt !== 'function') throw new OptionError(`train: modelAt: expected a function, got ${modelAt}.`);
  const now = modelAt(step);
  expectModel(`train: modelAt(${step})`, now, ['batchSize', 'loss']);
  return now;
}

/** @throws {OptionError} if the options are inconsistent. */
export function checkOptions<P extends Tree, S extends Tree, O extends Tree, B>(
  options: TrainOptions<P, S, O, B>,
): void {
  expectParts('train', { ...options });
  const { evaluateEvery, saveEvery, validation, plateau, earlyStopping, save, curriculum } = options;
  for (const [name, size] of Object.entries({ evaluateEvery, saveEvery })) {
    if (size !== undefined) expectSizes('train', { [name]: size });
  }
  if (typeof options.seed !== 'string' && !Number.isSafeInteger(options.seed)) {
    throw new OptionError(`train: seed: expected a whole number or a text, got ${options.seed}.`);
  }
  if (earlyStopping !== undefined) expectSizes('train', { patience: earlyStopping.patience });
  const wanting = { evaluateEvery, plateau, earlyStopping };
  for (const [name, value] of Object.entries(wanting)) {
    if (value !== undefined && validation === undefined) {
      throw new OptionError(`train: ${name}: needs held-out batches; give \`validation\` too.`);
    }
  }
  const isMoving = curriculum !== undefined && curriculum.isSettled?.(curriculum.start()) !== true;
  if (isMoving && (validation === undefined || evaluateEvery === undefined)) {
    throw new OptionError(
      `train: curriculum: ${curriculum.name} advances by evaluations; give \`validation\` and \`evaluateEvery\` too.`,
    );
  }
  const { divergenceFactor = DIVERGENCE_FACTOR } = options;
  if (!(divergenceFactor > 1)) {
    throw new OptionError(`train: divergenceFactor: expected a number above 1, or Infinity, got ${divergenceFactor}.`);
  }
  if (saveEvery !== undefined && save === undefined) {
    throw new OptionError('train: saveEvery: needs a way to save; give `save` too.');
  }
}

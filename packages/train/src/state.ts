import { type Difficulty, OptionError, Rng, type Tree, tree } from '@elman/core';
import type { PlateauState } from '@elman/optim';
import { free } from './free.ts';
import { beginCurriculum, type CurriculumProgress, drawOf } from './grading.ts';
import type { TrainOptions } from './options.ts';

/** The evaluation on held-out rows of the level of a curriculum. */
export type LevelRecord = {
  readonly difficulty: Difficulty;
  readonly loss: number;
  readonly metrics?: { readonly [name: string]: number } | undefined;
};

/** The evaluation on the held-out batches after `step` updates. */
export type EvaluationRecord = {
  readonly step: number;
  readonly loss: number;
  /** The model's metrics, usually `accuracy`; left out if there are none. */
  readonly metrics?: { readonly [name: string]: number } | undefined;
  /** The same at the level of the curriculum, if it was evaluated. */
  readonly level?: LevelRecord | undefined;
};

/** The progress of a run, as JSON. */
export type Progress = {
  readonly seed: number | string;
  /** Updates made. */
  readonly step: number;
  /** Rows of the first batch of the first epoch. Others may have fewer: the last batch of an epoch or bucket. */
  readonly batchSize: number;
  /** Of the source; null if it is endless, left out by older releases. */
  readonly batchesPerEpoch?: number | null | undefined;
  /** The loss of untrained parameters, for detecting divergence: on the first batch, or the largest of those computed later. */
  readonly firstLoss: number | null;
  /** Every evaluation so far. */
  readonly evaluations: readonly EvaluationRecord[];
  /** The one with the lowest loss. */
  readonly best: EvaluationRecord | null;
  /** Evaluations since the best. */
  readonly withoutImprovement: number;
  /** State of the plateau schedule, with its multiplier of the learning rate. */
  readonly plateau: PlateauState | null;
  /** State of the curriculum, if there is one. */
  readonly curriculum?: CurriculumProgress | undefined;
};

/** Everything a run needs to resume with bit-identical results. */
export interface TrainingState<P extends Tree = Tree, S extends Tree = Tree, O extends Tree = Tree> {
  readonly params: P;
  readonly optimizerState: O;
  /** The state of the model after the last batch, for a batch that continues it. */
  readonly state: S;
  /** The parameters of the best evaluation, if there was one. */
  readonly best?: P | undefined;
  readonly progress: Progress;
}

/** Disposes the tensors of a training state. */
export function disposeTraining(state: TrainingState<Tree, Tree, Tree>): void {
  free(state);
}

/** A run in progress. It owns its tensors. */
export type Run<P extends Tree, S extends Tree, O extends Tree> = {
  -readonly [K in keyof TrainingState<P, S, O>]: TrainingState<P, S, O>[K];
};

/** A run at its first update, or a copy of the state that it resumes from. */
export function startRun<P extends Tree, S extends Tree, O extends Tree, B>(
  options: TrainOptions<P, S, O, B>,
): Run<P, S, O> {
  const { model, batches, optimizer, seed, resume, plateau, curriculum } = options;
  const begun = beginCurriculum(curriculum, resume?.progress.curriculum);
  const batch = batches.batch(0, 0, drawOf(curriculum, beginCurriculum(curriculum, undefined)));
  const batchSize = model.batchSize(batch);
  free(batch);
  const batchesPerEpoch = Number.isFinite(batches.batchesPerEpoch) ? batches.batchesPerEpoch : null;
  if (resume !== undefined) {
    const { params, optimizerState, state, best, progress } = resume;
    expectSameRun(progress, { seed, batchSize, batchesPerEpoch });
    return {
      params: tree.clone(params),
      optimizerState: tree.clone(optimizerState),
      state: tree.clone(state),
      best: best && tree.clone(best),
      progress: {
        ...progress,
        plateau: progress.plateau ?? plateau?.init() ?? null,
        ...(begun && { curriculum: begun }),
      },
    };
  }
  const params = tree.tidy(() => model.init(Rng.seeded(seed).fork('parameters')));
  return {
    params,
    optimizerState: tree.tidy(() => optimizer.init(params)),
    state: tree.tidy(() => model.initialState(batchSize)),
    progress: {
      seed,
      step: 0,
      batchSize,
      batchesPerEpoch,
      firstLoss: null,
      evaluations: [],
      best: null,
      withoutImprovement: 0,
      plateau: plateau?.init() ?? null,
      ...(begun && { curriculum: begun }),
    },
  };
}

/** The parts of a run that are not trees; a source of batches is identified by their number and the rows of the first. */
type Made = Pick<Progress, 'seed' | 'batchSize' | 'batchesPerEpoch'>;

/** @throws {OptionError} if a run to resume has another seed or other batches than these. */
function expectSameRun(saved: Made, given: Made): void {
  const refuse = (wanted: string, got: unknown, same: string): never => {
    throw new OptionError(`train: ${wanted}, got ${got ?? 'no end'}; give the same${same}.`);
  };
  if (saved.seed !== given.seed) refuse(`seed: the run to resume has the seed ${saved.seed}`, given.seed, '');
  if (saved.batchSize !== given.batchSize) {
    refuse(`batches: the run to resume has ${saved.batchSize} rows in its first batch`, given.batchSize, ' batchSize');
  }
  const { batchesPerEpoch } = saved;
  if (batchesPerEpoch !== undefined && batchesPerEpoch !== given.batchesPerEpoch) {
    const wanted = `batches: the run to resume has ${batchesPerEpoch ?? 'endless'} batches an epoch`;
    refuse(wanted, given.batchesPerEpoch, ' data and batchSize');
  }
}

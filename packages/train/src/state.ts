import { type Difficulty, OptionError, Rng, type Tree, tree } from '@elman/core';
import type { PlateauState } from '@elman/optim';
import { free } from './free.ts';
import { beginCurriculum, type CurriculumProgress, drawOf } from './grading.ts';
import type { TrainOptions } from './options.ts';

/** What held-out rows as hard as the level of a curriculum gave. */
export type LevelRecord = {
  readonly difficulty: Difficulty;
  readonly loss: number;
  readonly metrics?: { readonly [name: string]: number } | undefined;
};

/** What the held-out batches gave after so many updates. */
export type EvaluationRecord = {
  readonly step: number;
  readonly loss: number;
  /** What else the model measures, `accuracy` mostly; left out where it is nothing. */
  readonly metrics?: { readonly [name: string]: number } | undefined;
  /** The same at the level of the curriculum, where it was judged. */
  readonly level?: LevelRecord | undefined;
};

/** How far a run is, in JSON. */
export type Progress = {
  readonly seed: number | string;
  /** Updates made. */
  readonly step: number;
  /** Rows of the carried state. */
  readonly batchSize: number;
  /** The loss of the first update, against which a run that diverges is measured. */
  readonly firstLoss: number | null;
  /** Every evaluation so far. */
  readonly evaluations: readonly EvaluationRecord[];
  /** The lowest of them. */
  readonly best: EvaluationRecord | null;
  /** Evaluations since the lowest. */
  readonly withoutImprovement: number;
  /** Of the plateau schedule: its multiplier of the learning rate and what it remembers. */
  readonly plateau: PlateauState | null;
  /** Of the curriculum, where there is one. */
  readonly curriculum?: CurriculumProgress | undefined;
};

/** Everything a run needs to go on, bit for bit, as if it had not stopped. */
export interface TrainingState<P extends Tree = Tree, S extends Tree = Tree, O extends Tree = Tree> {
  readonly params: P;
  readonly optimizerState: O;
  /** The state of the model after the last batch, for a batch that goes on where that one ended. */
  readonly state: S;
  /** The parameters of the best evaluation, where there was one. */
  readonly best?: P | undefined;
  readonly progress: Progress;
}

/** Disposes the tensors of a training state. */
export function disposeTraining(state: TrainingState<Tree, Tree, Tree>): void {
  free(state);
}

/** A run while it runs. It owns its tensors. */
export type Run<P extends Tree, S extends Tree, O extends Tree> = {
  -readonly [K in keyof TrainingState<P, S, O>]: TrainingState<P, S, O>[K];
};

/** A run at its first update, or a copy of the state that it resumes from. */
export function startRun<P extends Tree, S extends Tree, O extends Tree, B>(
  options: TrainOptions<P, S, O, B>,
): Run<P, S, O> {
  const { model, batches, optimizer, seed, resume, plateau, curriculum } = options;
  const begun = beginCurriculum(curriculum, resume?.progress.curriculum);
  if (resume !== undefined) {
    const { params, optimizerState, state, best, progress } = resume;
    if (progress.seed !== seed) {
      throw new OptionError(
        `train: seed: the run to resume has the seed ${progress.seed}, got ${seed}; give the same.`,
      );
    }
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
  const batch = batches.batch(0, 0, drawOf(curriculum, begun));
  const batchSize = model.batchSize(batch);
  free(batch);
  const params = tree.tidy(() => model.init(Rng.seeded(seed).fork('parameters')));
  return {
    params,
    optimizerState: tree.tidy(() => optimizer.init(params)),
    state: tree.tidy(() => model.initialState(batchSize)),
    progress: {
      seed,
      step: 0,
      batchSize,
      firstLoss: null,
      evaluations: [],
      best: null,
      withoutImprovement: 0,
      plateau: plateau?.init() ?? null,
      ...(begun && { curriculum: begun }),
    },
  };
}

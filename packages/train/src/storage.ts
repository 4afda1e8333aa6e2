import {
  decodeSafetensors,
  encodeSafetensors,
  type Files,
  loadInit,
  previousName,
  readTogether,
  type Safetensors,
  type Storage,
  type WriteOptions,
  writeTogether,
} from '@elman/checkpoint';
import { CheckpointError, expectAwaited, type Optimizer, OptionError, placeholder, type Tree, tree } from '@elman/core';
import type { Trainable } from './contracts.ts';
import { expectParts } from './expect-parts.ts';
import type { Progress, TrainingState } from './state.ts';

const FILE = 'training.safetensors';
const FORMAT = 'elman-training';
const VERSION = '1';

/** Options of `saveTraining`. */
export type SaveTrainingOptions = Pick<WriteOptions, 'replace' | 'logs'> & {
  /** Further files of the same save: those of the best model so far (`modelFiles`), the settings of the run. */
  readonly beside?: Files | undefined;
};

/**
 * Saves a training state as `training.safetensors`: all tensors exactly, the progress as JSON in its metadata. Whatever
 * stops it, the folder has the state from before or this one, with the files `beside` it. The state before it stays
 * as `training.previous.safetensors`.
 *
 * @throws {CheckpointError} if it cannot be written, or a number is not finite; what was there stays.
 */
export async function saveTraining(
  storage: Storage,
  saved: TrainingState<Tree, Tree, Tree>,
  { beside = {}, ...options }: SaveTrainingOptions = {},
): Promise<void> {
  const { params, optimizerState, state, best, progress } = saved;
  expectAwaited('saveTraining', saved);
  if (progress === undefined || optimizerState === undefined) {
    throw new OptionError(
      'saveTraining: expected a training state: the argument of `save`, or the `state` of a result of train.',
    );
  }
  const tensors = { params, optimizerState, state, ...(best && { best }) };
  const metadata = { format: FORMAT, version: VERSION, progress: JSON.stringify(progress) };
  const bytes = await encodeSafetensors(tensors, metadata, { checksum: true, finite: true, where: 'saveTraining' });
  await writeTogether(storage, { [FILE]: bytes, ...beside }, { keepPrevious: [FILE], ...options });
}

/** What a training state is loaded for. */
export interface LoadTrainingOptions<P extends Tree, S extends Tree, O extends Tree> {
  readonly model: Pick<Trainable<P, S, never>, 'init' | 'initialState'>;
  readonly optimizer: Optimizer<O>;
  /** The state before the last one that was saved; where the last one is damaged, or training went wrong after it. */
  readonly previous?: boolean | undefined;
}

/**
 * Loads the state that `saveTraining` saved, for `train` as `resume`. Model and optimizer, the same as in
 * the run, define the tensors of the file.
 *
 * @throws {CheckpointError} naming file and tensor, if the file is missing or damaged or belongs to another model or optimizer.
 */
export async function loadTraining<P extends Tree, S extends Tree, O extends Tree>(
  storage: Storage,
  { model, optimizer, previous = false }: LoadTrainingOptions<P, S, O>,
): Promise<TrainingState<P, S, O>> {
  expectParts('loadTraining', { model, optimizer });
  const name = previous ? previousName(FILE) : FILE;
  const where = storage.locate(name);
  const { [name]: bytes } = await readTogether(storage, [name]);
  const file = decodeSafetensors(bytes as Uint8Array, where, { checksum: true });
  const progress = progressOf(file.metadata, where);
  const made = loadInit((rng) => {
    const params = model.init(rng);
    const first = model.initialState(1);
    const rows = rowsOf(file, first) ?? progress.batchSize;
    const state = tree.map(first, ({ shape, dtype }) => placeholder([rows, ...shape.slice(1)], dtype));
    const like = { params, optimizerState: optimizer.init(params), state };
    return progress.best === null ? like : { ...like, best: params };
  }, file);
  return { ...made, progress };
}

/** The rows of the state in a file, axis 0 of each of its leaves: batches differ in size. */
function rowsOf({ entries }: Safetensors, state: Tree): number | undefined {
  const [path] = tree.entries(state)[0] ?? [];
  return entries.get(path ? `state.${path}` : 'state')?.shape[0];
}

function progressOf(metadata: { readonly [key: string]: string }, where: string): Progress {
  if (metadata.format !== FORMAT) {
    throw new CheckpointError(
      `${where}: expected a training state, got a file of the format ${metadata.format ?? 'none'}.`,
    );
  }
  if (metadata.version !== VERSION) {
    throw new CheckpointError(
      `${where}: expected version ${VERSION}, got ${metadata.version}; use the release that wrote it.`,
    );
  }
  let progress: Partial<Progress> | null = null;
  try {
    progress = JSON.parse(metadata.progress ?? '');
  } catch {}
  const wanted = {
    seed: progress?.seed !== undefined,
    step: isCount(progress?.step),
    batchSize: isCount(progress?.batchSize),
    evaluations: Array.isArray(progress?.evaluations),
    curriculum: progress?.curriculum === undefined || typeof progress.curriculum?.name === 'string',
  };
  for (const [name, good] of Object.entries(wanted)) {
    if (!good)
      throw new CheckpointError(`${where}: progress: ${name} is missing or damaged; use an earlier checkpoint.`);
  }
  return progress as Progress;
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

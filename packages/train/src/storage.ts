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
import {
  CheckpointError,
  expectAwaited,
  expectJson,
  json,
  type Optimizer,
  OptionError,
  parseJson,
  placeholder,
  type Tree,
  tree,
} from '@elman/core';
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
 * @throws {CheckpointError} naming file and tensor, if the file is missing or damaged or belongs to another model or
 * optimizer.
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
      `${where}: expected a training state, got a file of the format ${metadata.format ?? 'none'}; check the path.`,
    );
  }
  if (metadata.version !== VERSION) {
    throw new CheckpointError(
      `${where}: expected version ${VERSION}, got ${metadata.version}; use the release that wrote it.`,
    );
  }
  const progress = parseJson(metadata.progress ?? '', { where: `${where}: progress`, advice: ADVICE });
  expectJson(`${where}: progress`, progress, PROGRESS, ADVICE);
  return progress as Progress;
}

const ADVICE = 'use an earlier checkpoint';
const METRICS = json.optional(json.map(json.nullable(json.number)));
const LEVEL = json.record({ difficulty: json.map(json.count), loss: json.number, metrics: METRICS });
const EVALUATION = json.record({
  step: json.count,
  loss: json.number,
  metrics: METRICS,
  level: json.optional(LEVEL),
});
/** What training relies on. The state of a curriculum is its own to check. */
const PROGRESS = json.record({
  seed: json.either('a number or a text', json.number, json.text),
  step: json.count,
  batchSize: json.size,
  batchesPerEpoch: json.optional(json.nullable(json.size)),
  firstLoss: json.nullable(json.number),
  evaluations: json.list(EVALUATION),
  best: json.nullable(EVALUATION),
  withoutImprovement: json.count,
  plateau: json.nullable(json.record({ scale: json.number, best: json.nullable(json.number), waited: json.count })),
  curriculum: json.optional(json.record({ name: json.text, state: json.any })),
});

import { decodeSafetensors, encodeSafetensors, loadInto, type Safetensors, type Storage } from '@elman/checkpoint';
import { CheckpointError, expectAwaited, type Optimizer, OptionError, Rng, type Tree, tree } from '@elman/core';
import type { Trainable } from './contracts.ts';
import { expectParts } from './expect-parts.ts';
import type { Progress, TrainingState } from './state.ts';

const FILE = 'training.safetensors';
const FORMAT = 'elman-training';
const VERSION = '1';

/**
 * Saves a training state as one file, `training.safetensors`: all tensors exactly, the progress as JSON in its metadata. One
 * file, written atomically, so that parameters, optimizer and progress are always consistent.
 *
 * @throws {CheckpointError} if it cannot be written; the previous file is kept.
 */
export async function saveTraining(storage: Storage, saved: TrainingState<Tree, Tree, Tree>): Promise<void> {
  const { params, optimizerState, state, best, progress } = saved;
  expectAwaited('saveTraining', saved);
  if (progress === undefined || optimizerState === undefined) {
    throw new OptionError(
      'saveTraining: expected a training state: the argument of `save`, or the `state` of a result of train.',
    );
  }
  const tensors = { params, optimizerState, state, ...(best && { best }) };
  const metadata = { format: FORMAT, version: VERSION, progress: JSON.stringify(progress) };
  await storage.write(FILE, await encodeSafetensors(tensors, metadata, { checksum: true }));
}

/**
 * Loads the state that `saveTraining` saved, for `train` as `resume`. Model and optimizer, the same as in
 * the run, define the tensors of the file.
 *
 * @throws {CheckpointError} naming file and tensor, if the file is missing or damaged or belongs to another model or optimizer.
 */
export async function loadTraining<P extends Tree, S extends Tree, O extends Tree>(
  storage: Storage,
  {
    model,
    optimizer,
  }: { readonly model: Pick<Trainable<P, S, never>, 'init' | 'initialState'>; readonly optimizer: Optimizer<O> },
): Promise<TrainingState<P, S, O>> {
  expectParts('loadTraining', { model, optimizer });
  const where = storage.locate(FILE);
  const file = decodeSafetensors(await storage.read(FILE), where);
  const progress = progressOf(file.metadata, where);
  const like = tree.tidy(() => {
    const params = model.init(Rng.seeded(0));
    const state = model.initialState(rowsOf(file, model.initialState(1)) ?? progress.batchSize);
    const like = { params, optimizerState: optimizer.init(params), state };
    return progress.best === null ? like : { ...like, best: params };
  });
  try {
    return { ...loadInto(like, file), progress };
  } finally {
    tree.dispose(like);
  }
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

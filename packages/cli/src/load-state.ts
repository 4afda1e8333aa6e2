import { previousName, readTogether, type Storage } from '@elman/checkpoint';
import { CheckpointError, type Tree } from '@elman/core';
import { type LoadTrainingOptions, loadTraining, type TrainingState } from '@elman/train';
import { sameCommand } from './exit.ts';

/**
 * The state that a run is resumed from.
 * @throws {CheckpointError} if it is missing or damaged, with the command that goes on from the state before, if there
 * is one.
 */
export async function loadState<P extends Tree, S extends Tree, O extends Tree>(
  storage: Storage,
  options: LoadTrainingOptions<P, S, O>,
): Promise<TrainingState<P, S, O>> {
  try {
    return await loadTraining(storage, options);
  } catch (error) {
    if (options.previous || !CheckpointError.isInstance(error)) throw error;
    const isThere = await readTogether(storage, [previousName('training.safetensors')]).catch(() => undefined);
    if (isThere === undefined) throw error;
    const advice = `Or go on from the state before it: ${sameCommand()} --previous`;
    throw new CheckpointError(`${error.message} ${advice}`, { cause: error });
  }
}

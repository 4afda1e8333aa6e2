import { BackendError, CheckpointError, ElmanError, TrustError } from './errors.ts';
import { reasonOf } from './recipe/quoted.ts';

/** What is loaded, for errors. */
export type Loading = {
  /** The file: `runs/poet/model.json`. */
  readonly where: string;
  /** What it should be: `a model`. */
  readonly wanted: string;
  /** What to do if it is not: `save the model again`. */
  readonly advice: string;
};

/**
 * Runs a loader. Whatever it throws is an error of this library that names the file: an exception of the engine or of TensorFlow.js
 * becomes a `CheckpointError`, and an error that does not name the file one that does. Loaders check what they read; this is for
 * what they do not foresee (stack overflow, memory, code of third parties).
 *
 * @throws {CheckpointError} `runs/poet/model.json: expected a model, got what cannot be read (…); save the model again.`
 */
export function loading<T>(what: Loading, load: () => T): T {
  try {
    const loaded = load();
    return loaded instanceof Promise ? (loaded.catch((error) => fail(what, error)) as T) : loaded;
  } catch (error) {
    return fail(what, error);
  }
}

function fail({ where, wanted, advice }: Loading, error: unknown): never {
  if (TrustError.isInstance(error) || BackendError.isInstance(error)) throw error;
  if (ElmanError.isInstance(error)) {
    throw error.message.includes(where) ? error : new CheckpointError(`${where}: ${error.message}`, { cause: error });
  }
  throw new CheckpointError(`${where}: expected ${wanted}, got what cannot be read (${reasonOf(error)}); ${advice}.`, {
    cause: error,
  });
}

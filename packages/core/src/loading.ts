import { BackendError, CheckpointError, type DataError, ElmanError, type OptionError, TrustError } from './errors.ts';
import { reasonOf } from './recipe/quoted.ts';

/** What is loaded, for errors. */
export type Loading = {
  /** The file: `runs/poet/model.json`. */
  readonly where: string;
  /** What it should be: `a model`. */
  readonly wanted: string;
  /** What to do if it is not: `save the model again`. */
  readonly advice: string;
  /** The error for an exception of others; by default `CheckpointError`. */
  readonly Type?: typeof CheckpointError | typeof DataError | typeof OptionError | undefined;
};

/**
 * Runs a loader. Whatever it throws is an error of this library that names the file: an exception of the engine or of
 * TensorFlow.js becomes a `CheckpointError`, and so does an error that does not name the file. (A `CheckpointError` names
 * its own.) Loaders check what they read; this is for what they do not foresee: stack overflow, memory, other code.
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

function fail({ where, wanted, advice, Type = CheckpointError }: Loading, error: unknown): never {
  if ([TrustError, BackendError, CheckpointError].some((own) => own.isInstance(error))) throw error;
  if (ElmanError.isInstance(error)) {
    throw error.message.includes(where) ? error : new Type(`${where}: ${error.message}`, { cause: error });
  }
  throw new Type(`${where}: expected ${wanted}, got what cannot be read (${reasonOf(error)}); ${advice}.`, {
    cause: error,
  });
}
